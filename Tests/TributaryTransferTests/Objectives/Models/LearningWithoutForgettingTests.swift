import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

@Suite struct LearningWithoutForgettingTests {
  private let folder = TemporaryFolder()

  private func term(
    _ run: PreparedRun, rows: ClosedRange<Int32>
  ) throws -> (ObjectiveBatch.Domain) throws -> Tensor {
    var terms = LocalTerms()
    try run.objectives.add(to: &terms, from: [:], of: run.loaded.model, carried: [:])
    let loss = try #require(terms.losses.first)
    #expect(terms.taskShare == 1)
    return { domain in
      var batch = ObjectiveBatch(
        progress: 0, key: RandomKey(seed: 1), parameters: { _ in .scalar(0) })
      batch.source = domain
      return try loss(batch)
    }
  }

  /// A former model of three classes teaches the first three of five, and nothing of the others.
  @Test func newClassesAreLeftFree() throws {
    let train = try TransferFixture.dataset(count: 12)
    var plan = TransferFixture.plan(architecture: "fedavg-2nn")
    let former = try PreparedRun(plan, example: train)
    try ModelFolder.write(former.loaded, to: folder("former"))
    plan.task.classes = 5
    plan.transfer.objectives = [
      ObjectivePlan(kind: "lwf", settings: ["model": .text(folder("former"))])
    ]
    let run = try PreparedRun(plan, example: train)
    let source = try ExampleSource(train, for: run.loaded, maximumTokens: 1)
    let loss = try term(run, rows: 0...4)
    let logits = Tensor((0..<20).map { Float(($0 * 7) % 11) * 0.3 }, shape: [4, 5])
    let gradient = try valueAndGradient(
      of: { tree in
        try loss(
          .init(
            input: source.input([0, 1, 2, 3]), features: .zeros([4, 200]),
            logits: tree["logits"] ?? logits))
      }, at: ["logits": logits]
    ).gradient["logits"]
    let values = try #require(gradient).floats()
    for row in 0..<4 {
      #expect(values[row * 5..<row * 5 + 3].contains { abs($0) > 1e-4 })
      #expect(values[row * 5 + 3..<row * 5 + 5].allSatisfy { $0 == 0 })
    }
    plan.task.classes = 2
    let error = #expect(throws: TributaryError.self) { try PreparedRun(plan, example: train) }
    #expect(error?.code == "objective.model")
  }

  /// Of a text's positions those without a character to foretell do not count.
  @Test func languageModelsLearnWithIt() throws {
    var plan = RunPlan(
      name: "text", seed: 3, backbone: BackbonePlan(architecture: "char-lstm"),
      task: TaskPlan(kind: .languageModel, classes: 97), data: DataPlan())
    plan.data.text.maximumTokens = 8
    plan.local.batchSize = 4
    let former = try PreparedRun(plan)
    try ModelFolder.write(former.loaded, to: folder("text"))
    plan.seed = 4
    plan.transfer.objectives = [
      ObjectivePlan(kind: "lwf", settings: ["model": .text(folder("text")), "lambda": 2])
    ]
    let run = try PreparedRun(plan)
    let data = Dataset(
      examples: .text(TextExamples(texts: ["to be or ", "not to be", "that"])), labels: [0, 0, 0])
    let trained = try PooledTraining(run).run(on: data)
    #expect(trained.loss.isFinite && trained.tensors != run.loaded.tensors)

    let source = try ExampleSource(data, for: run.loaded, maximumTokens: 8)
    let (input, labels) = source.batch([0, 2])
    let rows = labels.ints().filter { $0 != ignoredLabel }.count
    #expect(rows == 11 && labels.count == 16)
    let domain = ObjectiveBatch.Domain(
      input: input, features: .zeros([16, 256]), logits: .zeros([16, 97]), labels: labels)
    #expect(domain.counted(domain.logits).shape == [11, 97])
  }
}
