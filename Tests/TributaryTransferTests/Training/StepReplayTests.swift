import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor

@testable import TributaryTransfer

@Suite struct StepReplayTests {
  /// Replayed steps, ordinary ones of a smaller last batch between them, end in the bits of ordinary steps alone.
  @Test(arguments: ["fedavg-2nn", "cifar-resnet8"]) func replayingChangesNoBit(
    _ architecture: String
  ) throws {
    func train(replaying: Bool) throws -> LocalTrainer.Result {
      let dataset = try TransferFixture.dataset(count: 45)
      let loaded = try ModelFolder.load(
        path: nil, architecture: architecture, classes: 3,
        image: ImageRequest(channels: 1, height: 8, width: 8), key: RandomKey(seed: 1))
      let freeze = try FreezePlan(model: loaded.model, transfer: TransferPlan())
      let (moving, frozen) = freeze.split(try loaded.tensors.mapValues { try Tensor($0) })
      var trainer = LocalTrainer(
        model: loaded.model, freeze: freeze,
        plan: LocalPlan(
          epochs: 3, batchSize: 10, optimizer: OptimizerPlan(learningRate: 0.1), threads: 1))
      trainer.replaysSteps = replaying
      let source = try ExampleSource(dataset, for: loaded, maximumTokens: 8)
      return try trainer.train(
        moving: moving, frozen: frozen, examples: TrainingExamples(source),
        key: RandomKey(seed: 2))
    }
    let (replayed, plain) = (try train(replaying: true), try train(replaying: false))
    #expect(plain.replayedSteps == 0)
    // Of fifteen steps three are smaller, and of the others the first two are not replayed.
    #expect(replayed.replayedSteps == (architecture == "fedavg-2nn" ? 10 : 0))
    #expect(replayed.loss == plain.loss)
    #expect(replayed.accuracy == plain.accuracy)
    for (one, other) in zip(replayed.moving.values, plain.moving.values) {
      #expect(one.floats() == other.floats())
    }
  }
}
