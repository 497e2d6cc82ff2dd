import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTransfer

/// From feature maps of recordings to a trained model.
@Suite struct AudioTrainingTests {
  private static let features = AudioFeatures(
    kind: .logMel, sampleRate: 8000, bands: 16, hopMilliseconds: 20, seconds: 0.3)

  /// Each class is loud in its own rows.
  private func dataset(count: Int, seed: UInt64 = 1) throws -> Dataset {
    var random = RandomKey(seed: seed).generator
    let labels = (0..<count).map { _ in random.below(3) }
    let values = labels.flatMap { label in
      (0..<Self.features.shape.elementCount).map { index in
        random.uniform() - 0.5 + (index / (Self.features.frames * 4) == label ? 1 : 0)
      }
    }
    return Dataset(
      examples: .audio(
        try AudioExamples(features: Self.features, values: Bytes(copying: values))),
      labels: labels)
  }

  private func plan(_ architecture: String, augment: [AugmentationPlan] = []) -> RunPlan {
    var plan = TransferFixture.plan(architecture: architecture, epochs: 4)
    plan.task.kind = .audioClassification
    plan.data.audio = AudioPlan(features: Self.features)
    plan.data.augment = augment
    return plan
  }

  @Test(arguments: ["frame-lstm", "simple-cnn"])
  func modelsOfMapsLearnRecordings(_ architecture: String) throws {
    let masks = [
      AugmentationPlan(kind: "time-mask", settings: ["width": 4]),
      AugmentationPlan(kind: "frequency-mask", settings: ["width": 2]),
    ]
    let train = try dataset(count: 120)
    let prepared = try PreparedRun(plan(architecture, augment: masks), example: train)
    let image = try #require(prepared.loaded.configuration.image)
    #expect(image.audio == Self.features && image.shape == [1, 16, 16])
    let outcomes = try (0..<2).map { _ in try PooledTraining(prepared).run(on: train).tensors }
    #expect(TransferFixture.bits(outcomes[0]) == TransferFixture.bits(outcomes[1]))
    let after = try TestEvaluator(prepared, test: dataset(count: 60, seed: 2)).measure(outcomes[0])
    #expect(try #require(after["accuracy"]) > 0.9)
  }

  /// What a model folder says of its features is what a receiver reads.
  @Test func theModelKnowsItsFeatures() throws {
    let loaded = try PreparedRun(plan("frame-gru")).loaded
    let received = try LoadedModel(assets: loaded.assets, tensors: loaded.tensors)
    #expect(received.configuration == loaded.configuration)
    #expect(received.configuration.image?.audio == Self.features)
  }

  @Test func otherExamplesAreRefused() throws {
    func refusal(_ data: Dataset, _ plan: RunPlan) -> String {
      do {
        _ = try ExampleSource(data, for: PreparedRun(plan).loaded, maximumTokens: 8)
        return "taken"
      } catch { return "\(error)" }
    }
    let audio = try dataset(count: 2)
    let images = try TransferFixture.dataset(count: 2)
    let texts = Dataset(examples: .text(TextExamples(texts: ["a"])))
    var other = plan("frame-lstm")
    other.data.audio?.features.hopMilliseconds = 10
    #expect(refusal(audio, plan("frame-lstm")) == "taken")
    #expect(refusal(audio, other).contains("takes other features of recordings"))
    #expect(refusal(images, other).contains("takes recordings, but the data are images"))
    #expect(refusal(texts, other).contains("takes recordings, but the data are text"))
    #expect(
      refusal(audio, TransferFixture.plan(architecture: "lenet-bn"))
        .contains("takes images, but the data are recordings"))
    var wrong = plan("frame-lstm")
    wrong.data.augment = [AugmentationPlan(kind: "flip")]
    #expect(throws: TributaryError.self) {
      try ExampleSource(
        audio, for: PreparedRun(wrong).loaded, maximumTokens: 8, augment: wrong.data.augment)
    }
  }
}
