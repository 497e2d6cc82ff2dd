import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

/// Several tasks on one backbone.
@Suite struct TaskHeadsTests {
  private let folder = TemporaryFolder()
  private let train: Dataset

  init() throws { train = try TransferFixture.dataset(count: 60, classes: 4) }

  private func prepared(
    _ objectives: [ObjectivePlan] = [], heads: [Int]? = [2, 2]
  ) throws -> PreparedRun {
    var plan = TransferFixture.plan(architecture: "fedavg-2nn", epochs: 4)
    plan.task.classes = 4
    plan.task.heads = heads
    plan.transfer.objectives = objectives
    return try PreparedRun(plan, example: train)
  }

  /// An example of one task moves nothing in another one's head, and the backbone.
  @Test func aTaskMovesItsOwnHeadAlone() throws {
    let run = try prepared()
    let first = train.subset((train.labels ?? []).indices.filter { (train.labels?[$0] ?? 9) < 2 })
    let found = try PooledTraining(run).run(on: first).tensors
    let (before, after) = (
      try #require(run.loaded.tensors["fc3.weight"]).floats(),
      try #require(found["fc3.weight"]).floats()
    )
    #expect(before[..<400] != after[..<400] && before[400...] == after[400...])
    #expect(run.loaded.tensors["fc1.weight"] != found["fc1.weight"])
  }

  /// Each example is judged among its task's classes: never worse than among all.
  @Test func examplesAreJudgedByTheirTask() throws {
    let (several, one) = (try prepared(), try prepared(heads: nil))
    func evaluation(_ run: PreparedRun) throws -> Evaluation {
      try Inference(model: run.loaded.model, tensors: several.loaded.tensors, threads: 1)
        .evaluate(ExampleSource(train, for: run.loaded, maximumTokens: 1), batchSize: 16)
    }
    let (found, all) = (try evaluation(several), try evaluation(one))
    #expect(found.accuracy >= all.accuracy && found.loss < all.loss)
    for (label, row) in found.confusion.counts.enumerated() {
      #expect(row.indices.allSatisfy { $0 / 2 == label / 2 || row[$0] == 0 })
    }
    let confusion = found.confusion
    for (name, labels) in [("accuracyHead1", [0, 1]), ("accuracyHead2", [2, 3])] {
      let count = labels.map(confusion.support).reduce(0, +)
      let correct = labels.map { confusion.counts[$0][$0] }.reduce(0, +)
      #expect(found.metrics[name] == Double(correct) / Double(count))
    }
    #expect(all.metrics["accuracyHead1"] == nil)
  }

  /// Heads stand in the model's folder, and are checked where they come from one.
  @Test func headsTravelWithTheModel() throws {
    let run = try prepared()
    try ModelFolder.write(run.loaded, to: folder("model"))
    let again = try ModelFolder.load(path: folder("model"), key: RandomKey(seed: 1))
    #expect(again.configuration.heads == [2, 2])
    let other = try ModelFolder.load(path: folder("model"), classes: 3, key: RandomKey(seed: 1))
    #expect(other.configuration.heads == nil)
    for heads in ["[1, 2]", "[4]", "[5, -1]", "[9223372036854775807, 2]", "[\"a\", 4]"] {
      let text = """
        {"architecture": "logistic-regression", "classes": 4, "heads": \(heads)}
        """
      #expect(throws: TributaryError.self) {
        try ModelConfiguration(folderConfiguration: Bytes(copying: Array(text.utf8)))
      }
    }
  }

  /// A task whose labels are drawn at random is found to be noisy, and counts less.
  @Test func noisyTasksCountLess() throws {
    let run = try prepared([ObjectivePlan(kind: "uncertainty")])
    var stream = RandomKey(seed: 8).generator
    let noisy = Dataset(
      examples: train.examples,
      labels: train.labels?.map { $0 < 2 ? $0 : 2 + stream.below(2) })
    let outcome = try PooledTraining(run).run(on: noisy)
    let found = try #require(outcome.trained["objective.0.uncertainty.logVariances"]).floats()
    #expect(found[0] < found[1], "\(found)")
  }

  @Test(arguments: ["uncertainty", "gradnorm"])
  func oneHeadHasNothingToWeigh(_ kind: String) {
    let error = #expect(throws: TributaryError.self) {
      try prepared([ObjectivePlan(kind: kind)], heads: nil)
    }
    #expect(error?.code == "objective.heads")
  }
}
