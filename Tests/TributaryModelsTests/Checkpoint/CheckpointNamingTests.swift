import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// What the checkpoints of one text model look like that was saved for another purpose.
@Suite struct CheckpointNamingTests {
  static let texts = ModelCase.all.filter { $0.configuration.settings["model_type"] != nil }

  private func model(_ test: ModelCase, _ objective: Objective) throws -> any Model {
    var configuration = test.configuration
    configuration.objective = objective
    return try ModelRegistry.make(configuration)
  }

  /// A model without head, as `AutoModel` saves it, becomes a classifier or a language model with a new head.
  @Test(arguments: texts) func aBaseModelGetsANewHead(_ test: ModelCase) throws {
    for objective in Objective.allCases {
      let model = try model(test, objective)
      let folder = TemporaryFolder()
      let values = model.initialTensors(key: RandomKey(seed: 3))
      let base = values.filter { !model.headTensorNames.contains($0.0) }
      let bare = ParameterTree(
        base.map { name, tensor in
          (String(name.split(separator: ".", maxSplits: 1)[1]), tensor)
        })
      try ModelFolder.write(
        tensors: bare, assets: ["config.json": model.configuration.folderConfiguration()],
        to: folder("base"))
      let loaded = try ModelFolder.load(
        path: folder("base"), objective: objective, key: RandomKey(seed: 4))
      #expect(loaded.freshTensors == model.headTensorNames)
      for (name, tensor) in base { #expect(loaded.tensors[name] == tensor, "\(name)") }
    }
  }

  /// A masked or causal language model becomes a classifier, and a classifier a language model.
  @Test(arguments: texts) func anotherObjectivesHeadIsLeftOut(_ test: ModelCase) throws {
    for (saved, wanted) in [
      (Objective.languageModel, Objective.classification), (.classification, .languageModel),
    ] {
      let (source, model) = (try model(test, saved), try model(test, wanted))
      let folder = TemporaryFolder()
      var values = source.initialTensors(key: RandomKey(seed: 3))
      if let table = values["transformer.wte.weight"] { values["lm_head.weight"] = table }
      try ModelFolder.write(
        tensors: values, assets: ["config.json": source.configuration.folderConfiguration()],
        to: folder("model"))
      let loaded = try ModelFolder.load(
        path: folder("model"), objective: wanted, key: RandomKey(seed: 4))
      #expect(
        loaded.freshTensors
          == model.headTensorNames.union(model.optionalTensorNames)
          .subtracting(source.tensors.map(\.name)))
    }
  }

  @Test(arguments: [
    ("roberta", "roberta.pooler.dense.weight", nil), ("roberta", "lm_head.decoder.weight", nil),
    ("roberta", "encoder.layer.0.output.dense.bias", "roberta.encoder.layer.0.output.dense.bias"),
    ("distilbert", "vocab_projector.weight", nil),
    (
      "distilbert", "transformer.layer.1.ffn.lin1.bias",
      "distilbert.transformer.layer.1.ffn.lin1.bias"
    ),
    ("albert", "sop_classifier.classifier.bias", nil), ("albert", "predictions.decoder.bias", nil),
    ("albert", "pooler.weight", "albert.pooler.weight"),
    ("gpt2", "lm_head.weight", nil), ("gpt2", "h.0.attn.bias", nil),
    ("gpt2", "transformer.h.1.attn.masked_bias", nil),
    ("gpt2", "h.0.attn.c_attn.bias", "transformer.h.0.attn.c_attn.bias"),
    ("gpt2", "module.transformer.wpe.weight", "transformer.wpe.weight"),
    ("gpt2", "other.weight", "other.weight"),
  ])
  func mapsOtherSpellings(architecture: String, name: String, expected: String?) throws {
    let test = try #require(Self.texts.first { $0.name == architecture })
    #expect(try model(test, .classification).modelName(forCheckpoint: name) == expected)
  }
}
