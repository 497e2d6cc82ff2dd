import Testing
import TributaryCore

@testable import TributaryModels

@Suite struct LoadedModelTests {
  private func bytes(_ text: String) -> Bytes { Bytes(copying: Array(text.utf8)) }

  private func loaded(vocabulary: String) throws -> LoadedModel {
    let config =
      #"{"model_type": "bert", "vocab_size": 8, "hidden_size": 4, "#
      + #""num_attention_heads": 1, "num_hidden_layers": 1, "intermediate_size": 4}"#
    let assets = [
      "config.json": bytes(config),
      "tokenizer.json": bytes(#"{"model": {"type": "WordPiece", "vocab": \#(vocabulary)}}"#),
    ]
    let model = try ModelRegistry.make(
      ModelConfiguration(folderConfiguration: bytes(config)))
    return try LoadedModel(
      assets: assets, tensors: model.initialTensors(key: RandomKey(seed: 0)))
  }

  /// A few tokens, but one of them with an id beyond the model's table of vectors.
  @Test func tokenIDsMustBeRowsOfTheModel() throws {
    let specials = #"{"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "a": "#
    #expect(throws: Never.self) { try loaded(vocabulary: specials + "7}").tokenizer() }
    let error = #expect(throws: TributaryError.self) {
      try loaded(vocabulary: specials + "8}").tokenizer()
    }
    #expect(error?.code == "tokenizer.vocabulary")
  }
}
