import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

@Suite struct TransferVerdictTests {
  private let folder = TemporaryFolder()

  private func verdict(
    _ own: (Double, Double), _ scratch: (Double, Double), _ head: (Double, Double),
    called name: String = "global"
  ) -> TransferVerdict? {
    TransferVerdict([
      name + "Accuracy": own.0, name + "Loss": own.1, "scratchAccuracy": scratch.0,
      "scratchLoss": scratch.1, "headAccuracy": head.0, "headLoss": head.1,
    ])
  }

  @Test func theMostAccurateIsTheBest() {
    #expect(verdict((0.9, 1), (0.8, 1), (0.7, 1))?.isNegative == false)
    #expect(verdict((0.7, 1), (0.8, 1), (0.75, 1))?.best == .scratch)
    #expect(verdict((0.7, 1), (0.8, 1), (0.85, 1), called: "tuned")?.best == .head)
    #expect(verdict((0.8, 2), (0.8, 1), (0.8, 1))?.best == .transferred)
    #expect(verdict((0.7, 1), (0.8, 1), (0.8, 0.5))?.best == .head)
    #expect(TransferVerdict(["globalAccuracy": 1, "globalLoss": 0]) == nil)
    let found = verdict((0.7, 1), (0.8, 1), (0.75, 1))
    #expect(found?.metrics(fallsBack: true) == ["negativeTransfer": 1, "keptAccuracy": 0.8])
    #expect(found?.metrics(fallsBack: false) == ["negativeTransfer": 1])
  }

  private func plan() -> RunPlan {
    var plan = TransferFixture.plan(architecture: "fedavg-2nn", epochs: 12)
    plan.data.holdout = 0.3
    plan.federation.personalize.baselineEpochs = 12
    return plan
  }

  /// A classifier alone leaves the backbone as the run began, whatever the training made of it; from scratch everything
  /// is new, and the same each time.
  @Test func baselinesAreWhatTheyAreCalled() throws {
    let data = try TransferFixture.dataset(count: 40)
    let run = try PreparedRun(plan(), example: data)
    let (moving, frozen) = (run.initial.shared, run.initial.fixed)
    let task = LocalTask(
      trainer: run.trainer, moving: try moving.mapValues { try Tensor($0) + 1 },
      frozen: try frozen.mapValues { try Tensor($0) },
      examples: TrainingExamples(try ExampleSource(data, for: run.loaded, maximumTokens: 1)),
      key: RandomKey(seed: 2))
    let (found, again) = (try task.baselines(epochs: 1), try task.baselines(epochs: 1))
    for (name, tensor) in run.loaded.tensors {
      let isHead = run.loaded.model.headTensorNames.contains(name)
      #expect((found.head[name]?.host() == tensor) != isHead, "\(name)")
      #expect(found.scratch[name]?.host() != tensor, "\(name)")
      #expect(found.scratch[name]?.host() == again.scratch[name]?.host(), "\(name)")
    }
  }

  /// A backbone that says nothing of its input is worse than none.
  @Test func negativeTransferIsFound() throws {
    let data = try TransferFixture.dataset(count: 60)
    var loaded = try PreparedRun(plan(), example: data).loaded
    for name in ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"] {
      let shape = try #require(loaded.tensors[name]).shape
      loaded.tensors[name] = HostTensor(
        [Float](repeating: 0, count: shape.elementCount), shape: shape)
    }
    try ModelFolder.write(loaded, to: folder("empty"))
    var empty = plan()
    empty.backbone.path = folder("empty")
    empty.transfer.method = .head
    let found = try PooledTraining(PreparedRun(empty, example: data)).run(on: data).comparison
    #expect(found["negativeTransfer"] == 1, "\(found)")
    #expect(try #require(found["scratchAccuracy"]) > #require(found["globalAccuracy"]))
    #expect(try #require(found["scratchAccuracy"]) > #require(found["headAccuracy"]))
    let learned = try PooledTraining(PreparedRun(plan(), example: data)).run(on: data).comparison
    #expect(learned["negativeTransfer"] == 0, "\(learned)")
    #expect(try #require(learned["globalAccuracy"]) > 0.9)
    var none = plan()
    none.federation.personalize.baselineEpochs = 0
    #expect(
      try PooledTraining(PreparedRun(none, example: data)).run(on: data).comparison.isEmpty)
  }
}
