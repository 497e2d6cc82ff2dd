import Testing
import TributaryCore
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

@Suite struct FewShotAdaptationTests {
  /// In inference the personal model says of its examples what the batch of them said in training: its batch norms
  /// have that batch's mean, and its variance but for n / (n − 1).
  @Test func normsKeepTheExamplesStatistics() throws {
    let fixture = try EpisodeFixture()
    let examples = fixture.learner.pool.examples
    let plan = EpisodesPlan(algorithm: .maml, ways: 3, innerSteps: 2, innerLearningRate: 0.1)
    let own = try FewShotAdaptation(fixture.loaded, plan, transfer: TransferPlan()).adapted(
      to: examples)
    #expect(own.names == fixture.loaded.tensors.names)
    let parameters = try own.mapValues { try Tensor($0) }
    let batch = try fixture.learner.pool.batch(fixture.learner.pool.everything)
    let shown = try fixture.learner.logits(
      parameters.filter { name, _ in fixture.start.contains(name) }, batch, key: nil)
    let alone = try Inference(model: fixture.loaded.model, parameters: parameters).logits(
      examples.source.input(examples.indices))
    // 18 images of 64 and 16 pixels: variances are larger by a thousandth and by a third of a hundredth.
    #expect(difference(alone.floats(), shown.floats(), absolute: 0.02) == nil)
    let before = try Inference(
      model: fixture.loaded.model, tensors: fixture.loaded.tensors
    ).logits(examples.source.input(examples.indices))
    #expect(difference(before.floats(), shown.floats(), absolute: 0.1) != nil)
  }

  @Test(arguments: EpisodesPlan.Algorithm.allCases)
  func learnsItsExamples(algorithm: EpisodesPlan.Algorithm) throws {
    let fixture = try EpisodeFixture()
    let examples = fixture.learner.pool.examples
    let plan = EpisodesPlan(
      algorithm: algorithm, ways: 3, innerLearningRate: 0.2, evaluationSteps: 30)
    let own = try FewShotAdaptation(fixture.loaded, plan, transfer: TransferPlan()).adapted(
      to: examples)
    let losses = try [fixture.loaded.tensors, own].map {
      try Inference(model: fixture.loaded.model, tensors: $0).evaluate(
        examples.source, batchSize: 18
      ).loss
    }
    #expect(losses[1] < losses[0])
  }

  @Test func aClassWithoutExampleIsRefused() throws {
    let fixture = try EpisodeFixture()
    let source = fixture.learner.pool.examples.source
    let error = #expect(throws: TributaryError.self) {
      try FewShotAdaptation(
        fixture.loaded, EpisodesPlan(ways: 3), transfer: TransferPlan()
      ).adapted(to: TrainingExamples(source, indices: Array(0..<12)))
    }
    #expect(error?.code == "data.episodes")
  }
}
