import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor

@testable import TributaryTransfer

@Suite struct ProximalTests {
  private let rate = 0.1
  private let train: Dataset
  private let prepared: PreparedRun
  private let start: ParameterTree<Tensor>

  init() throws {
    train = try TransferFixture.dataset(count: 24)
    prepared = try PreparedRun(
      TransferFixture.plan(architecture: "fedavg-2nn"), example: train)
    start = try prepared.initial.shared.mapValues { try Tensor($0) }
  }

  private func trained(
    from weights: ParameterTree<Tensor>, steps: Int, proximal: Double = 0
  ) throws -> ParameterTree<Tensor> {
    let plan = LocalPlan(
      epochs: steps, batchSize: 24, optimizer: OptimizerPlan(learningRate: rate),
      proximal: proximal)
    let source = try ExampleSource(train, for: prepared.loaded, maximumTokens: 1)
    return try LocalTrainer(model: prepared.loaded.model, freeze: prepared.freeze, plan: plan)
      .train(
        moving: weights, frozen: [:], examples: TrainingExamples(source), key: RandomKey(seed: 1)
      ).moving
  }

  /// w₂ = w₁ − η (∇F(w₁) + μ (w₁ − w₀)), where the first step is as without the term.
  @Test func addsThePullToTheGradient() throws {
    let mu = 3.0
    let first = try trained(from: start, steps: 1)
    let plain = try trained(from: first, steps: 1)
    let found = try trained(from: start, steps: 2, proximal: mu)
    for (name, value) in found {
      let (w0, w1) = (try #require(start[name]), try #require(first[name]))
      let expected = try #require(plain[name]) - (w1 - w0) * Float(rate * mu)
      for (a, b) in zip(value.floats(), expected.floats()) {
        #expect(abs(a - b) < 1e-5, "\(name)")
      }
    }
    #expect(zip(plain.values, found.values).contains { $0.floats() != $1.floats() })
  }
}
