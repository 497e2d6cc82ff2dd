import Foundation
import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor

@testable import TributaryTransfer

/// The character model learns what comes next, from a run's plan and a text file.
@Suite struct LanguageModelTests {
  private func plan(_ file: String, epochs: Int, optimizer: OptimizerPlan) -> RunPlan {
    RunPlan(
      name: "characters", seed: 5, backbone: BackbonePlan(architecture: "char-lstm"),
      task: TaskPlan(kind: .languageModel, classes: 97),
      data: DataPlan(train: file, text: TextPlan(maximumTokens: 24)),
      local: LocalPlan(epochs: epochs, batchSize: 5, optimizer: optimizer))
  }

  private func withText(_ body: (String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
      "characters-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(String(repeating: "abcd efgh\n", count: 60).utf8).write(to: file)
    try body(file.path)
  }

  @Test func learnsARepeatedLine() throws {
    try withText { file in
      let plan = plan(
        file, epochs: 20, optimizer: OptimizerPlan(kind: .adamw, learningRate: 0.01))
      let dataset = try DatasetReader.train(plan)
      #expect(dataset.count == 25)
      let prepared = try PreparedRun(plan, example: dataset)
      let outcome = try PooledTraining(prepared).run(on: dataset)
      #expect(outcome.loss < 1 && outcome.accuracy > 0.8)
      let measured = try TestEvaluator(prepared, test: dataset).measure(outcome.tensors)
      #expect((measured["loss"] ?? 9) < 1 && (measured["accuracy"] ?? 0) > 0.8)
    }
  }

  @Test func theSameRunGivesTheSameBits() throws {
    try withText { file in
      let plan = plan(file, epochs: 1, optimizer: OptimizerPlan(learningRate: 0.5))
      let dataset = try DatasetReader.train(plan)
      let training = PooledTraining(try PreparedRun(plan, example: dataset))
      let (first, second) = (try training.run(on: dataset), try training.run(on: dataset))
      #expect(TransferFixture.bits(first.tensors) == TransferFixture.bits(second.tensors))
    }
  }

  /// Of 598 characters that follow another (the last line break only ends the file), each is predicted once: an untrained model's loss is near that of
  /// a guess among 97.
  @Test func everyCharacterCountsOnce() throws {
    try withText { file in
      let plan = plan(file, epochs: 1, optimizer: OptimizerPlan(learningRate: 0))
      let dataset = try DatasetReader.train(plan)
      let prepared = try PreparedRun(plan, example: dataset)
      let source = try ExampleSource(dataset, for: prepared.loaded, maximumTokens: 24)
      let labels = source.batch(Array(0..<25)).labels.ints()
      #expect(labels.filter { $0 >= 0 }.count == 598)
      let outcome = try PooledTraining(prepared).run(on: dataset)
      #expect(abs(outcome.loss - log(97)) < 0.1)
    }
  }

  @Test func aLanguageModelIsNoClassifier() throws {
    try withText { file in
      var plan = plan(file, epochs: 1, optimizer: OptimizerPlan())
      plan.task.kind = .textClassification
      #expect(throws: TributaryError.self) { try PreparedRun(plan) }
      plan.task = TaskPlan(kind: .languageModel, classes: 2)
      plan.backbone = BackbonePlan(architecture: "lstm")
      #expect(throws: TributaryError.self) { try PreparedRun(plan) }
    }
  }
}
