import Foundation
import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

@Suite struct BertTests {
  @Test(.enabled(if: SharedData.has("ag_news/test.tsv") && PythonReference.miniLM != nil))
  func miniLMEmbedsAThousandSentencesAsHuggingFaceDoes() throws {
    let folder = try #require(PythonReference.miniLM)
    let loaded = try ModelFolder.load(path: folder, pooling: .mean, key: RandomKey(seed: 0))
    #expect(loaded.freshTensors == ["classifier.weight", "classifier.bias"])
    let tokenizer = try loaded.tokenizer()
    let path = try #require(SharedData.path("ag_news/test.tsv"))
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let texts = lines.prefix(1000).map { String($0.split(separator: "\t", maxSplits: 1)[1]) }
    let pass = Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) })
    var rows = [Float](repeating: 0, count: texts.count * 384)
    let lists = texts.map { tokenizer.encode($0, maximumTokens: 128) }
    // Texts of a length together, so that little is padded.
    let order = lists.indices.sorted { lists[$0].count < lists[$1].count }
    for start in stride(from: 0, to: order.count, by: 25) {
      let members = order[start..<(start + 25)]
      let found = try loaded.model.features(.tokens(members.map { lists[$0] }), pass).floats()
      for (index, member) in members.enumerated() {
        let row = found[(index * 384)..<((index + 1) * 384)]
        rows.replaceSubrange((member * 384)..<((member + 1) * 384), with: row)
      }
    }
    let golden = try GoldenTensors("minilm.safetensors")
    func expect(_ found: [Float], _ name: String, _ tolerance: Float) throws {
      let text = difference(found, try golden.floats(name), absolute: tolerance)
      #expect(text == nil, "\(name)")
    }
    try expect(Array(rows.prefix(100 * 384)), "first100", 1e-4)
    try expect(stride(from: 0, to: rows.count, by: 6).map { rows[$0] }, "every6th", 1e-4)
    var norms: [Float] = []
    var projections: [Float] = []
    let directions = (0..<2).map { Formula.signed("projection.\($0)", count: 384) }
    for start in stride(from: 0, to: rows.count, by: 384) {
      let row = rows[start..<(start + 384)]
      norms.append(Float(row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()))
      for direction in directions {
        projections.append(
          Float(zip(row, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }))
      }
    }
    try expect(norms, "norm", 1e-4)
    try expect(projections, "projections", 1e-4)
  }

  private static func tiny() -> LoadedModel? {
    guard let tokens = try? BertFilesTests.reference().vocabulary else { return nil }
    let settings = JSON.object([
      ("model_type", .string("bert")), ("hidden_size", .integer(32)),
      ("num_hidden_layers", .integer(2)), ("num_attention_heads", .integer(4)),
      ("intermediate_size", .integer(64)), ("max_position_embeddings", .integer(64)),
      ("vocab_size", .integer(tokens.count)),
    ])
    let configuration = ModelConfiguration(
      architecture: "bert", classes: 3, classNames: ["World", "Sports", "Business"],
      settings: settings)
    guard let model = try? ModelRegistry.make(configuration) else { return nil }
    let tensors = ParameterTree(
      model.tensors.map { ($0.name, Formula.values($0.name, $0.shape)) })
    let vocabulary = Bytes(copying: Array((tokens.joined(separator: "\n") + "\n").utf8))
    let tokenizer = Bytes(
      copying: Array(#"{"do_lower_case": true, "tokenizer_class": "BertTokenizer"}"#.utf8))
    return LoadedModel(
      model: model, tensors: tensors,
      assets: ["vocab.txt": vocabulary, "tokenizer_config.json": tokenizer], freshTensors: [])
  }

  /// Writes `loaded` and what it makes of `texts`, and lets transformers do the same.
  private func checkInPython(_ loaded: LoadedModel, _ texts: [String]) throws {
    let folder = TemporaryFolder()
    try ModelFolder.write(loaded, to: folder("model"))
    let tokenizer = try loaded.tokenizer()
    let lists = texts.map { tokenizer.encode($0, maximumTokens: 64) }
    let input = ModelInput.tokens(lists, maximum: 64)
    guard case .tokens(let ids, let mask, _) = input else { return }
    let pass = Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) })
    let logits = try loaded.model.logits(input, pass)
    try SafetensorsFile.write(
      ["ids": ids.host(), "mask": mask.host(), "logits": logits.host()],
      to: folder("expected.safetensors"))
    let longest = lists.allSatisfy { $0.count < ids.shape[1] }
    if longest {
      let json = JSON.array(texts.map(JSON.string)).text
      try DurableFile.write(Bytes(copying: Array(json.utf8)), to: folder("expected.json"))
    }
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("check_in_python.py").path
    let run = PythonReference.run([script, folder("model"), folder("expected.safetensors")])
    #expect(run.status == 0, "\(run.output)")
    print(run.output.split(separator: "\n").first { $0.contains("largest") } ?? "no result")
  }

  @Test(.enabled(if: PythonReference.has("transformers", "safetensors", "torch")))
  func transformersLoadsWhatWeWrite() throws {
    let texts = ["Hello, world!", "the café", "", "naïve 中文 😀 unaffable running"]
    try checkInPython(try #require(Self.tiny()), texts)
  }

  @Test(
    .enabled(
      if: PythonReference.has("transformers", "safetensors", "torch")
        && PythonReference.miniLM != nil))
  func transformersLoadsMiniLMThatWeWrote() throws {
    let loaded = try ModelFolder.load(
      path: PythonReference.miniLM, classes: 4,
      classNames: ["World", "Sports", "Business", "Sci/Tech"], key: RandomKey(seed: 4))
    #expect(loaded.freshTensors == ["classifier.weight", "classifier.bias"])
    try checkInPython(loaded, ["Stocks fell sharply on Monday.", "The team won 3-1.", "é 中"])
  }

  @Test func mapsOtherSpellingsOfNames() throws {
    let model = try #require(Self.tiny()).model
    let names: [(String, String?)] = [
      ("embeddings.word_embeddings.weight", "bert.embeddings.word_embeddings.weight"),
      ("encoder.layer.0.output.dense.bias", "bert.encoder.layer.0.output.dense.bias"),
      ("bert.pooler.dense.weight", "bert.pooler.dense.weight"),
      ("module.bert.pooler.dense.weight", "bert.pooler.dense.weight"),
      ("bert.embeddings.LayerNorm.gamma", "bert.embeddings.LayerNorm.weight"),
      ("embeddings.LayerNorm.beta", "bert.embeddings.LayerNorm.bias"),
      ("embeddings.position_ids", nil), ("bert.embeddings.position_ids", nil),
      ("cls.predictions.bias", nil), ("classifier.bias", "classifier.bias"),
    ]
    for (name, expected) in names {
      #expect(model.modelName(forCheckpoint: name) == expected, "\(name)")
    }
  }

  @Test func dropoutDependsOnTheKeyInTrainingOnly() throws {
    let loaded = try #require(Self.tiny())
    let tensors = try loaded.tensors.mapValues { try Tensor($0) }
    let input = ModelInput.tokens([[2, 9, 10, 3], [2, 11, 3]])
    func logits(_ trainable: Set<String>, _ seed: UInt64) throws -> [Float] {
      try loaded.model.logits(
        input,
        Pass(
          parameters: tensors, mode: .training(trainable: trainable), key: RandomKey(seed: seed))
      ).floats()
    }
    let all = Set(tensors.names)
    #expect(try logits(all, 1) == logits(all, 1))
    #expect(try logits(all, 1) != logits(all, 2))
    // Head only: the backbone is in inference mode, the head's own dropout is not.
    let head = loaded.model.headTensorNames
    #expect(try logits(head, 1) != logits(head, 2))
    let features = try [1, 2].map { seed in
      try loaded.model.features(
        input,
        Pass(parameters: tensors, mode: .training(trainable: head), key: RandomKey(seed: seed))
      ).floats()
    }
    #expect(features[0] == features[1])
    #expect(try logits([], 1) == logits([], 2))
  }

  @Test func paddingDoesNotMatter() throws {
    let loaded = try #require(Self.tiny())
    let pass = Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) })
    let list: [Int32] = [2, 9, 10, 3]
    let alone = try loaded.model.logits(.tokens([list], multiple: 1), pass).floats()
    let padded = try loaded.model.logits(.tokens([list, list + list], padding: 7), pass).floats()
    #expect(difference(Array(padded.prefix(3)), alone, absolute: 1e-5) == nil)
  }
}
