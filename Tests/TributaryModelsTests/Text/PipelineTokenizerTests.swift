import Foundation
import Testing
import TributaryCore
import TributaryStorage
import TributaryTestKit

@testable import TributaryModels

/// Against Hugging Face's `tokenizers`: Golden/generate_tokenizers.py, Golden/check_tokenizers.py.
@Suite struct PipelineTokenizerTests {
  static let names = [
    "gpt2", "roberta", "albert", "t5", "xlm-roberta", "mixed", "fallback",
  ]

  struct Cases: Decodable {
    var ids: [[Int32]]
    var cut_to_9: [[Int32]]
    var decoded: [String]
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  static func golden(_ name: String) throws -> (texts: [String], cases: Cases) {
    try (
      decode([String].self, Golden.path("tokenizers/texts.json")),
      decode(Cases.self, Golden.path("tokenizers/\(name).cases.json"))
    )
  }

  static func file(_ name: String) throws -> Bytes {
    try FileMapping.bytes(of: Golden.path("tokenizers/\(name)"))
  }

  static func compare(
    _ tokenizer: some Tokenizer, with cases: Cases, on texts: [String], _ name: String
  ) {
    #expect(cases.ids.count == texts.count && cases.decoded.count == texts.count)
    for (index, text) in texts.enumerated() {
      let label = Comment(rawValue: "\(name) \(text.debugDescription)")
      #expect(tokenizer.encode(text, maximumTokens: .max) == cases.ids[index], label)
      #expect(tokenizer.encode(text, maximumTokens: 9) == cases.cut_to_9[index], label)
      let decoded = tokenizer.decode(cases.ids[index])
      #expect(decoded.unicodeScalars.elementsEqual(cases.decoded[index].unicodeScalars), label)
    }
  }

  @Test(arguments: names) func equalsHuggingFaceOnHardTexts(_ name: String) throws {
    let tokenizer = try TokenizerFolder.tokenizer(assets: [
      "tokenizer.json": Self.file("\(name).json")
    ])
    let (texts, cases) = try Self.golden(name)
    Self.compare(tokenizer, with: cases, on: texts, name)
  }

  @Test(
    .enabled(
      if: SharedData.has("ag_news/train.tsv")
        && PythonReference.has("transformers", "tokenizers", "sentencepiece")))
  func equalsHuggingFaceOnTwentyThousandRealLines() throws {
    let folder = TemporaryFolder()
    let script = Golden.path("check_tokenizers.py")
    let data = try #require(SharedData.root) + "/data"
    let run = PythonReference.run(
      [script, data, folder.path] + [PythonReference.miniLM].compactMap { $0 })
    try #require(run.status == 0, "\(run.output.suffix(2000))")
    let texts = try Self.decode([String].self, folder("texts.json"))
    #expect(texts.count > 23_000)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      FileManager.default.fileExists(atPath: folder("\($0).ids"))
    }
    #expect(names.count >= 11)
    for name in names.sorted() { try Self.compareLive(name, texts, folder) }
  }

  private static func compareLive(
    _ name: String, _ texts: [String], _ folder: TemporaryFolder
  ) throws {
    let tokenizer = try TokenizerFolder.tokenizer(
      assets: ModelFolder.assets(in: folder(name)))
    let expected = try FileMapping.bytes(of: folder("\(name).ids")).array(of: Int32.self)
    let decoded = try decode([String].self, folder("\(name).decoded.json"))
    let start = ContinuousClock.now
    let lists = texts.map { tokenizer.encode($0, maximumTokens: .max) }
    print(name, ContinuousClock.now - start, lists.reduce(0) { $0 + $1.count }, "tokens")
    var position = 0
    var wrong: [String] = []
    for (index, text) in texts.enumerated() {
      let count = Int(expected[position])
      let ids = Array(expected[position + 1..<position + 1 + count])
      position += 1 + count
      if lists[index] != ids { wrong.append(text) }
      guard index.isMultiple(of: 20) else { continue }
      let text = tokenizer.decode(ids)
      if !text.unicodeScalars.elementsEqual(decoded[index / 20].unicodeScalars) {
        wrong.append(text)
      }
    }
    #expect(position == expected.count)
    #expect(
      wrong.isEmpty, "\(name): \(wrong.count), first \(wrong.prefix(3).map(\.debugDescription))")
  }
}
