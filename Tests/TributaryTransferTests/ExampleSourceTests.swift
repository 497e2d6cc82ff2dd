import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryTensor
import TributaryTransfer

@Suite struct ExampleSourceTests {
  private func bytes(_ text: String) -> Bytes { Bytes(copying: Array(text.utf8)) }

  /// Batches are padded to a multiple of 8, but never beyond the positions that the model has.
  @Test func paddingStopsAtTheModelsPositions() throws {
    let assets = [
      "config.json": bytes(
        #"{"model_type": "bert", "vocab_size": 6, "hidden_size": 4, "num_attention_heads": 1, "#
          + #""num_hidden_layers": 1, "intermediate_size": 4, "max_position_embeddings": 10}"#),
      "vocab.txt": bytes("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n"),
    ]
    let model = try ModelRegistry.make(
      ModelConfiguration(folderConfiguration: try #require(assets["config.json"])))
    let loaded = try LoadedModel(
      assets: assets, tensors: model.initialTensors(key: RandomKey(seed: 0)))
    let text = String(repeating: "a ", count: 20)
    let source = try ExampleSource(
      Dataset(examples: .text(TextExamples(texts: [text, "a"]))), for: loaded, maximumTokens: 128)
    guard case .tokens(let ids, _, _) = source.input([0, 1]) else {
      Issue.record("text became no tokens")
      return
    }
    #expect(ids.shape == [2, 10])
    let inference = try Inference(model: loaded.model, tensors: loaded.tensors)
    #expect(try inference.features(of: source, batchSize: 2).shape == [2, 4])
  }

  /// `predict` does not look at labels, so any number may stand in their place.
  @Test func labelsOfAnySizeAreHeld() throws {
    let data = try TransferFixture.dataset(count: 2)
    let prepared = try PreparedRun(TransferFixture.plan(), example: data)
    let source = try ExampleSource(
      Dataset(examples: data.examples, labels: [0, .max]), for: prepared.loaded, maximumTokens: 8)
    #expect(source.labels == [0, .max])
  }
}
