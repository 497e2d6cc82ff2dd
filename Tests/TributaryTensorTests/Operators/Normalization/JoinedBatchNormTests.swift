import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

/// Joined channels against the same channels copied into one tensor.
struct JoinedBatchNormTests {
  private struct Outcome {
    var values: [[Float]]
    var layouts: [Layout]
  }

  /// Outputs and gradients of three layers that grow the maps by one each time.
  private func run(_ channels: [Int], blocked: Bool, joins: Bool) -> Outcome {
    let inputs = channels.map { Reference.random([3, $0, 4, 5], "x\($0)").variable() }
    let total = channels.reduce(0, +)
    let weight = Reference.random([total], "w").variable()
    let bias = Reference.random([total], "b").variable()
    let layout: Layout = blocked ? .blocked(OneDNN.channelBlock) : .rowMajor
    var maps = JoinedChannels(inputs[0].converted(to: layout))
    var outputs: [Tensor] = []
    for index in inputs.indices {
      if index > 0 { maps.append(inputs[index].converted(to: layout)) }
      let count = maps.shape[1]
      let (w, b) = (weight.sliced(axis: 0, 0..<count), bias.sliced(axis: 0, 0..<count))
      let result =
        joins
        ? batchNorm(&maps, weight: w, bias: b, clamp: .relu)
        : batchNorm(maps.joined, weight: w, bias: b, clamp: .relu)
      outputs += [result.output, result.batchMean, result.batchVariance]
    }
    let loss = outputs.filter(\.requiresGradient).map { $0.squared().sum() }
      .reduce(Tensor.scalar(0), +)
    let gradients = gradient(of: loss, at: inputs + [weight, bias])
    return Outcome(
      values: (outputs + gradients).map { $0.floats() }, layouts: outputs.map(\.layout))
  }

  @Test(arguments: [([32, 16, 48], true), ([32, 16, 48], false), ([3, 5, 17], true)])
  func equalsTheCopy(channels: [Int], blocked: Bool) {
    let found = run(channels, blocked: blocked, joins: true)
    let expected = run(channels, blocked: blocked, joins: false)
    for (left, right) in zip(found.values, expected.values) {
      let size = right.map(\.magnitude).max() ?? 0
      #expect(difference(left, right, absolute: 2e-5 * max(1, size)) == nil)
    }
    if blocked && channels[0] == 32 { #expect(found.layouts[0] != .rowMajor) }
  }

  @Test func inferenceEqualsTheCopy() {
    var maps = JoinedChannels(Reference.random([2, 16, 3, 3], "a"))
    maps.append(Reference.random([2, 32, 3, 3], "b"))
    let vectors = ["w", "b", "m"].map { Reference.random([48], $0) }
    let variance = Reference.random([48], "v").squared() + 0.5
    let found = batchNormInference(
      maps, weight: vectors[0], bias: vectors[1], mean: vectors[2], variance: variance, relu: true)
    let expected = batchNormInference(
      maps.joined, weight: vectors[0], bias: vectors[1], mean: vectors[2], variance: variance,
      relu: true)
    #expect(difference(found.floats(), expected.floats(), absolute: 1e-6) == nil)
  }

  /// A frozen norm over maps that train.
  @Test func inferencePassesGradients() {
    let inputs = ["a", "b"].map { Reference.random([2, 16, 3, 3], $0).variable() }
    let vectors = ["w", "b", "m"].map { Reference.random([32], $0) }
    func gradients(_ output: Tensor) -> [[Float]] {
      gradient(of: output.squared().sum(), at: inputs).map { $0.floats() }
    }
    var maps = JoinedChannels(inputs[0])
    maps.append(inputs[1])
    let found = gradients(
      batchNormInference(
        maps, weight: vectors[0], bias: vectors[1], mean: vectors[2], variance: .ones([32])))
    let expected = gradients(
      batchNormInference(
        Tensor.concatenated(inputs, axis: 1), weight: vectors[0], bias: vectors[1],
        mean: vectors[2], variance: .ones([32])))
    #expect(found == expected)
  }
}
