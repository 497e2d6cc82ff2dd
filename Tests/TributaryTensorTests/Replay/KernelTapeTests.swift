import Testing
import TributaryCore

@testable import TributaryTensor

@Suite struct KernelTapeTests {
  private struct Step {
    let loss: Tensor
    let tape: KernelTape?
  }

  private func initial() -> ParameterTree<Tensor> {
    [
      "a.bias": Reference.random([40], "a"), "a.weight": Reference.random([40, 30], "A"),
      "b.bias": Reference.random([7], "b"), "b.weight": Reference.random([7, 40], "B"),
    ]
  }

  private func batch(_ index: Int, rows: Int) -> [Tensor] {
    [
      Reference.random([rows, 30], "x\(index)"),
      Tensor((0..<rows).map { Int32(($0 * 3 + index) % 7) }, shape: [rows]),
    ]
  }

  /// Two layers, the loss, and gradient descent.
  private func step(
    _ parameters: inout ParameterTree<Tensor>, _ batch: [Tensor],
    between: (Tensor) -> Tensor = { $0 }
  ) -> Tensor {
    let (loss, gradients) = valueAndFactoredGradient(
      of: { tensors in
        guard let a = tensors["a.weight"], let b = tensors["b.weight"],
          let shift = tensors["a.bias"], let last = tensors["b.bias"]
        else { preconditionFailure("four parameters") }
        let hidden = between(linearRelu(batch[0], weight: a, bias: shift))
        return softmaxCrossEntropy(
          linear(hidden, weight: b, bias: last), labels: batch[1])
      }, at: parameters)
    parameters.updateValues { name, value in
      guard let gradient = gradients[name] else { return }
      descend(&value, along: gradient, learningRate: 0.1, weightDecay: 0.01)
    }
    return loss
  }

  private func captured(
    _ parameters: inout ParameterTree<Tensor>, rows: Int = 10,
    between: (Tensor) -> Tensor = { $0 }
  ) -> Step {
    _ = step(&parameters, batch(0, rows: rows), between: between)
    let inputs = batch(1, rows: rows)
    let (loss, tape) = KernelTape.capture(inputs: inputs, parameters: &parameters) {
      step(&$0, inputs, between: between)
    }
    return Step(loss: loss, tape: tape)
  }

  /// Few rows and more of them take other kernels.
  @Test(arguments: [1, 10, 24]) func replaysTheSameBits(rows: Int) throws {
    var (plain, replayed) = (initial(), initial())
    for index in 0..<2 { _ = step(&plain, batch(index, rows: rows)) }
    let recording = captured(&replayed, rows: rows)
    let tape = try #require(recording.tape)
    for index in 2..<6 {
      let loss = step(&plain, batch(index, rows: rows))
      let batch = batch(index, rows: rows)
      let isDone = tape.replay(inputs: batch, parameters: &replayed)
      #expect(isDone)
      #expect(recording.loss.item == loss.item)
      for (one, other) in zip(plain.values, replayed.values) {
        #expect(one.floats() == other.floats())
      }
    }
  }

  /// A step that goes another way than by captured kernels has no tape.
  @Test func holdsAllOrNothing() {
    func isCaptured(_ between: (Tensor) -> Tensor) -> Bool {
      var parameters = initial()
      return captured(&parameters, between: between).tape != nil
    }
    #expect(isCaptured({ $0.tanh() }))
    #expect(!isCaptured({ dropout($0, probability: 0.5, key: RandomKey(seed: 1)) }))
    #expect(!isCaptured({ $0 * Tensor([Float](repeating: 2, count: 40), shape: [40]) }))
    #expect(!isCaptured({ $0.sum().item > 0 ? $0 : -$0 }))
    #expect(!isCaptured({ softmax($0) }))
  }

  @Test func refusesWhatIsNotAsItWas() throws {
    var parameters = initial()
    let tape = try #require(captured(&parameters).tape)
    let isSmallerDone = tape.replay(inputs: batch(2, rows: 9), parameters: &parameters)
    #expect(!isSmallerDone)
    let shared = parameters
    let isSharedDone = tape.replay(inputs: batch(2, rows: 10), parameters: &parameters)
    #expect(!isSharedDone)
    withExtendedLifetime(shared) {}
  }

  /// What was computed from a parameter does not outlive a replay.
  @Test func forgetsDerivations() throws {
    final class Sum: Sendable {
      let value: Float
      init(_ value: Float) { self.value = value }
    }
    var parameters = initial()
    let tape = try #require(captured(&parameters).tape)
    func sum() throws -> Float {
      let weight = try #require(parameters["a.weight"])
      return weight.storage.derived([-1]) { Sum(weight.sum().item) }.value
    }
    let before = try sum()
    let isDone = tape.replay(inputs: batch(2, rows: 10), parameters: &parameters)
    let after = try sum()
    #expect(isDone && after != before)
  }
}
