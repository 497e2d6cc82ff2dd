import Testing
import TributaryCore
import TributaryNN
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// A training pass that computes blocks twice is the pass that keeps them.
@Suite struct CheckpointingTests {
  @Test(arguments: ModelCase.all.filter { $0.configuration.objective == .classification })
  func changesNoLossAndNoGradient(_ test: ModelCase) throws {
    let model = try ModelRegistry.make(test.configuration)
    let tensors = model.initialTensors(key: RandomKey(seed: 5))
    let all = try tensors.mapValues { try Tensor($0) }
    let parameters = Set(model.tensors.filter { $0.role == .parameter }.map(\.name))
    func step(_ isCheckpointing: Bool) throws -> (
      loss: Tensor, gradients: ParameterTree<Tensor>, buffers: [String: Tensor]
    ) {
      var buffers: [String: Tensor] = [:]
      let (loss, gradients) = try valueAndGradient(
        of: { tree in
          let pass = Pass(
            parameters: tree, frozen: all, mode: .training(trainable: parameters),
            key: RandomKey(seed: 6), isCheckpointing: isCheckpointing)
          let logits = try model.logits(test.input(), pass)
          buffers = pass.bufferUpdates
          return crossEntropy(logits: logits, labels: test.labels)
        }, at: all.filter { name, _ in parameters.contains(name) })
      return (loss, gradients, buffers)
    }
    let (kept, again) = (try step(false), try step(true))
    #expect(kept.loss.item == again.loss.item)
    #expect(Set(kept.buffers.keys) == Set(again.buffers.keys))
    for (name, value) in kept.buffers {
      #expect(value.floats() == again.buffers[name]?.floats(), "\(name)")
    }
    for (name, gradient) in kept.gradients {
      let found = try #require(again.gradients[name]).floats()
      #expect(gradient.floats() == found, "\(name)")
    }
  }
}
