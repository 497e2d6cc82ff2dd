import Testing
import TributaryCore
import TributaryData
import TributaryPlan
import TributaryTensor

@testable import TributaryTransfer

@Suite struct L2Tests {
  private let train: Dataset

  init() throws { train = try TransferFixture.dataset(count: 24) }

  private func prepared(_ objectives: [ObjectivePlan]) throws -> PreparedRun {
    var plan = TransferFixture.plan(architecture: "fedavg-2nn", epochs: 1)
    plan.transfer.objectives = objectives
    plan.local = LocalPlan(epochs: 1, batchSize: 24, optimizer: OptimizerPlan(learningRate: 0.1))
    return try PreparedRun(plan, example: train)
  }

  private func step(_ prepared: PreparedRun) throws -> ParameterTree<Tensor> {
    let source = try ExampleSource(train, for: prepared.loaded, maximumTokens: 1)
    return try prepared.trainer.train(
      moving: prepared.initial.shared.mapValues { try Tensor($0) }, frozen: [:],
      examples: TrainingExamples(source), key: RandomKey(seed: 1)
    ).moving
  }

  /// One step of SGD moves what is named by rate x weight x w further to 0, and the rest not at all.
  @Test func pullsWhatIsNamedToZero() throws {
    let plain = try prepared([])
    let decayed = try prepared([
      ObjectivePlan(kind: "l2", settings: ["weight": 2, "tensors": "fc1.*"])
    ])
    let start = try plain.initial.shared.mapValues { try Tensor($0) }
    let (expected, found) = (try step(plain), try step(decayed))
    for (name, w) in start {
      let pull = name.hasPrefix("fc1.") ? w * 0.2 : w * 0
      let values = (try #require(expected[name]) - pull).floats()
      for (a, b) in zip(try #require(found[name]).floats(), values) {
        #expect(abs(a - b) < 1e-5, "\(name)")
      }
    }
  }

  @Test func refusesANameThatNothingHas() throws {
    let error = #expect(throws: TributaryError.self) {
      try step(prepared([ObjectivePlan(kind: "l2", settings: ["tensors": "conv9.*"])]))
    }
    #expect(error?.code == "objective.l2")
  }
}
