import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor

@testable import TributaryTransfer

/// Pulls of the parameters, as L2-SP and EWC use them.
@Suite struct L2SPTests {
  private let rate: Float = 0.1
  private let train: Dataset

  init() throws { train = try TransferFixture.dataset(count: 24) }

  private func prepared(_ objectives: [ObjectivePlan]) throws -> PreparedRun {
    var plan = TransferFixture.plan(architecture: "fedavg-2nn", epochs: 1)
    plan.transfer.objectives = objectives
    plan.local = LocalPlan(
      epochs: 1, batchSize: 24, optimizer: OptimizerPlan(learningRate: Double(rate)))
    return try PreparedRun(plan, example: train)
  }

  /// One step from `weights`.
  private func step(
    _ prepared: PreparedRun, from weights: ParameterTree<Tensor>
  ) throws -> ParameterTree<Tensor> {
    let source = try ExampleSource(train, for: prepared.loaded, maximumTokens: 1)
    return try prepared.trainer.train(
      moving: weights, frozen: [:], examples: TrainingExamples(source), key: RandomKey(seed: 1)
    ).moving
  }

  /// The backbone is pulled to the weights of the run's beginning, not of this training's; the classifier to 0.
  @Test func pullsToWhereTheRunBegan() throws {
    let plain = try prepared([])
    let pulled = try prepared([
      ObjectivePlan(kind: "l2-sp", settings: ["alpha": 2, "beta": 0.5])
    ])
    let origin = try plain.initial.shared.mapValues { try Tensor($0) }
    let start = origin.mapValues { $0 * 1.25 }
    let (expected, found) = (try step(plain, from: start), try step(pulled, from: start))
    for (name, w) in start {
      let isHead = plain.loaded.model.headTensorNames.contains(name)
      let w0 = try #require(origin[name])
      let pull = isHead ? w * 0.5 : (w - w0) * 2
      let values = (try #require(expected[name]) - pull * rate).floats()
      for (a, b) in zip(try #require(found[name]).floats(), values) {
        #expect(abs(a - b) < 1e-5, "\(name)")
      }
    }
  }

  /// Only the importance says how strongly, element by element.
  @Test func importanceWeighsThePull() throws {
    let plain = try prepared([])
    let start = try plain.initial.shared.mapValues { try Tensor($0) }
    let source = try ExampleSource(train, for: plain.loaded, maximumTokens: 1)
    let name = "fc1.weight"
    let w = try #require(start[name])
    let importance = Tensor(
      (0..<w.count).map { Float($0 % 3) }, shape: w.shape)
    var terms = LocalTerms()
    terms.pulls = [
      .init(strength: 3, origin: [name: .zeros(w.shape)], importance: [name: importance])
    ]
    let found = try plain.trainer.train(
      moving: start, frozen: [:], examples: TrainingExamples(source), key: RandomKey(seed: 1),
      terms: terms
    ).moving
    let expected = try step(plain, from: start)
    for (key, value) in expected {
      let wanted = key == name ? value - w * importance * (3 * rate) : value
      for (a, b) in zip(try #require(found[key]).floats(), wanted.floats()) {
        #expect(abs(a - b) < 1e-5, "\(key)")
      }
    }
  }
}
