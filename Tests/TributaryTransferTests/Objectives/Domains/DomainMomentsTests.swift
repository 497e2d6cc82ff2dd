import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

@Suite struct DomainMomentsTests {
  private let prepared: PreparedRun
  private let data: Dataset
  private let inference: Inference

  init() throws {
    data = try TransferFixture.dataset(count: 30)
    var plan = TransferFixture.plan(architecture: "fedavg-2nn")
    plan.data.target = "target"
    plan.data.targetClients = 1
    plan.transfer.objectives = [
      ObjectivePlan(kind: "entropy"), ObjectivePlan(kind: "coral", settings: ["weight": 2]),
    ]
    prepared = try PreparedRun(plan, example: data)
    inference = Inference(
      model: prepared.loaded.model,
      parameters: try prepared.loaded.tensors.mapValues { try Tensor($0) },
      threads: 1)
  }

  private func examples(_ indices: Range<Int>) throws -> TrainingExamples {
    TrainingExamples(
      try ExampleSource(data, for: prepared.loaded, maximumTokens: 1), indices: Array(indices))
  }

  /// Clients' changes averaged by examples, as the server does it, are the domains' own statistics.
  @Test func clientsMeansAreTheDomains() throws {
    let start = try prepared.moments.mapValues { try Tensor($0) }
    #expect(start.count == 6)
    let objectives = prepared.objectives
    let clients = [(0..<8, 0..<0), (8..<20, 0..<0), (0..<0, 20..<30)]
    var server = start
    for (source, target) in clients {
      let change = try objectives.momentChanges(
        inference, source: examples(source), target: examples(target), received: start)
      #expect(change.names == start.names)
      let share = Float(source.count + target.count) / 30
      server = server.map { name, value in change[name].map { value + $0 * share } ?? value }
    }
    let moments = objectives.moments(of: 1, among: server)
    for (found, rows) in [(moments.source, 0..<20), (moments.target, 20..<30)] {
      let all = try examples(rows)
      let logits = try inference.outputs(all.source.input(Array(rows))).logits
      let mean = try #require(found?["mean"]).floats()
      #expect(difference(mean, logits.mean(axes: [0]).floats(), absolute: 1e-5) == nil)
    }
    #expect(objectives.moments(of: 1, among: start).source == nil)
  }

  /// A step with one domain alone draws it to the other's covariance.
  @Test func oneDomainIsDrawnToTheOthersCovariance() throws {
    let logits = Tensor((0..<12).map { Float(($0 * 7) % 5) * 0.4 }, shape: [4, 3])
    let other = Tensor((0..<15).map { Float(($0 * 5) % 7) * 0.3 }, shape: [5, 3])
    let coral = CORAL(
      try ObjectiveSettings(ObjectivePlan(kind: "coral"), understood: CORAL.options))
    let sums = coral.measure(of: prepared.loaded.model, former: DomainMoments([:]))(other, other)
      .mapValues { $0 * 0.2 }
    var carried: ParameterTree<Tensor> = ["@moments/0.target.share": .full([1], 0.25)]
    for (name, value) in sums { carried["@moments/0.target.\(name)"] = value * 0.25 }
    var terms = LocalTerms()
    try ObjectiveSet([ObjectivePlan(kind: "coral")]).add(
      to: &terms, from: [:], of: prepared.loaded.model, carried: carried)
    var batch = ObjectiveBatch(
      progress: 0, key: RandomKey(seed: 1), parameters: { _ in .scalar(0) })
    batch.source = .init(features: logits, logits: logits)
    let term = try #require(terms.losses.first)
    let loss = try term(batch).item
    // The other's covariance divides by n, a batch's by n - 1.
    let expected = CORAL.distance(
      CORAL.covariance(logits), CORAL.covariance(other) * (4.0 / 5.0)
    ).item
    #expect(abs(loss - expected) < 1e-5)
  }

  @Test func statisticsOfOthersAreRefused() throws {
    var start = try prepared.moments.mapValues { try Tensor($0) }
    start["@moments/1.source.mean"] = .zeros([7])
    #expect(throws: TributaryError.self) {
      try prepared.objectives.momentChanges(
        inference, source: examples(0..<4), target: nil, received: start)
    }
  }
}
