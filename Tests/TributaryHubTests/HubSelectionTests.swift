import Testing

@testable import TributaryHub

@Suite struct HubSelectionTests {
  private let all = [
    ".gitattributes", "1_Pooling/config.json", "README.md", "config.json", "flax_model.msgpack",
    "merges.txt", "model.safetensors", "onnx/model.onnx", "onnx/config.json", "pytorch_model.bin",
    "tf_model.h5", "tokenizer.json", "vocab.json", "vocab.txt",
  ]

  @Test func takesSafetensorsAndSmallFiles() {
    let chosen = HubSelection.files(of: all, matching: [])
    #expect(
      chosen == [
        "1_Pooling/config.json", "config.json", "merges.txt", "model.safetensors",
        "tokenizer.json", "vocab.json", "vocab.txt",
      ])
  }

  @Test func takesPyTorchsWhereThereIsNothingElse() {
    let old = all.filter { $0 != "model.safetensors" }
    #expect(HubSelection.files(of: old, matching: []).contains("pytorch_model.bin"))
    #expect(HubSelection.files(of: ["a.pth", "README.md"], matching: []) == ["a.pth"])
    #expect(HubSelection.files(of: ["odd.safetensors"], matching: []) == ["odd.safetensors"])
    #expect(HubSelection.files(of: ["README.md", "config.json"], matching: []).isEmpty)
  }

  @Test func takesShardsWithTheirIndex() {
    let sharded = [
      "config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
      "model.safetensors.index.json", "pytorch_model-00001-of-00002.bin",
      "pytorch_model.bin.index.json",
    ]
    #expect(HubSelection.files(of: sharded, matching: []) == Array(sharded.prefix(4)))
  }

  @Test func takesWhatPatternsSay() {
    #expect(HubSelection.files(of: all, matching: ["*.txt"]) == ["merges.txt", "vocab.txt"])
    #expect(
      HubSelection.files(of: all, matching: ["onnx/", "README.??"])
        == ["README.md", "onnx/model.onnx", "onnx/config.json"])
  }
}
