import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

@Suite struct EnsembleDistillationTests {
  private let run: PreparedRun
  private let data: Dataset

  init() throws {
    data = try TransferFixture.dataset(count: 90)
    run = try PreparedRun(
      TransferFixture.plan(architecture: "logistic-regression"), example: data)
  }

  /// A client that has seen the classes in `labels` alone.
  private func client(_ labels: Set<Int>) throws -> ParameterTree<HostTensor> {
    let indices = data.labels?.indices.filter { labels.contains(data.labels?[$0] ?? -1) } ?? []
    return try PooledTraining(run).run(on: data.subset(indices)).tensors
  }

  private func loss(
    _ tensors: ParameterTree<HostTensor>, from ensemble: [ParameterTree<HostTensor>]
  ) throws -> Float {
    let source = try ExampleSource(data, for: run.loaded, maximumTokens: 1)
    let input = source.input(Array(0..<90))
    let teachers = try ensemble.map {
      try Inference(model: run.loaded.model, tensors: $0, threads: 1)
    }
    let student = try Inference(model: run.loaded.model, tensors: tensors, threads: 1)
    return softenedDivergence(
      try student.logits(input),
      from: try EnsembleDistillation.meanLogits(of: teachers, input), temperature: 1
    ).item
  }

  /// From a far start the model comes to say what the others say together, whatever the labels.
  @Test func learnsWhatTheEnsembleSays() throws {
    let ensemble = try [client([0, 1]), client([2, 1])]
    let start = run.initial.shared
    let unlabelled = Dataset(examples: data.examples)
    let distillation = try EnsembleDistillation(run, on: unlabelled)
    func distilled(_ seed: UInt64) throws -> ParameterTree<HostTensor> {
      try distillation.distilled(
        start, from: ensemble, epochs: 20, batchSize: 16, learningRate: 0.02,
        key: RandomKey(seed: seed))
    }
    let found = try distilled(1)
    #expect(found.names == start.names)
    #expect(try loss(found, from: ensemble) < loss(start, from: ensemble) / 20)
    #expect(try distilled(1) == found)
    #expect(try distilled(2) != found)
  }

  /// The mean is of logits, not of probabilities, as in the paper.
  @Test func logitsAreAveraged() throws {
    let ensemble = try [client([0]), client([1])]
    let source = try ExampleSource(data, for: run.loaded, maximumTokens: 1)
    let teachers = try ensemble.map {
      try Inference(model: run.loaded.model, tensors: $0, threads: 1)
    }
    let input = source.input([0, 1])
    let mean = try EnsembleDistillation.meanLogits(of: teachers, input).floats()
    let (a, b) = (try teachers[0].logits(input).floats(), try teachers[1].logits(input).floats())
    let expected = zip(a, b).map { ($0 + $1) / 2 }
    #expect(difference(mean, expected, absolute: 1e-6) == nil)
  }

  @Test func personalClassifiersAreRefused() throws {
    var plan = TransferFixture.plan(architecture: "fedavg-2nn")
    plan.transfer.personal = ["head"]
    let personal = try PreparedRun(plan, example: data)
    let error = #expect(throws: TributaryError.self) {
      try EnsembleDistillation(personal, on: data)
    }
    #expect(error?.code == "strategy.fusion")
  }
}
