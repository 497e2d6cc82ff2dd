import Foundation
import Testing
import TributaryCore
import TributaryStorage
import TributaryTestKit

@testable import TributaryModels

@Suite struct BertFilesTests {
  struct Reference: Decodable {
    struct Case: Decodable {
      var tokenizer_config: [String: Bool]
      var ids: [[Int32]]
      var cut_to_16: [[Int32]]
    }
    var vocabulary: [String]
    var texts: [String]
    var cases: [Case]
  }

  static func reference() throws -> Reference {
    try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: URL(fileURLWithPath: Golden.path("tokens.json"))))
  }

  private func bytes(_ text: String) -> Bytes { Bytes(copying: Array(text.utf8)) }

  private func assets(_ vocabulary: [String], _ settings: [String: Bool]) throws -> [String: Bytes]
  {
    [
      "vocab.txt": bytes(vocabulary.joined(separator: "\n") + "\n"),
      "tokenizer_config.json": Bytes(copying: Array(try JSONEncoder().encode(settings))),
    ]
  }

  @Test(arguments: 0..<5) func equalsHuggingFaceOnHardTexts(index: Int) throws {
    let reference = try Self.reference()
    let expected = reference.cases[index]
    let tokenizer = try TokenizerFolder.tokenizer(
      assets: assets(reference.vocabulary, expected.tokenizer_config))
    for (text, ids) in zip(reference.texts, expected.ids) {
      #expect(
        tokenizer.encode(text, maximumTokens: .max) == ids,
        "\(expected.tokenizer_config) \(text.debugDescription)")
    }
    for (text, ids) in zip(reference.texts, expected.cut_to_16) {
      #expect(tokenizer.encode(text, maximumTokens: 16) == ids, "\(text.debugDescription)")
    }
  }

  @Test(.enabled(if: SharedData.has("ag_news/train.tsv") && PythonReference.miniLM != nil))
  func equalsHuggingFaceOnTenThousandRealLines() throws {
    struct Summary: Decodable {
      var sha256: String
      var tokens: Int
    }
    let summary = try JSONDecoder().decode(
      Summary.self,
      from: Data(contentsOf: URL(fileURLWithPath: Golden.path("ag_news_tokens.json"))))
    let folder = try #require(PythonReference.miniLM)
    let tokenizer = try TokenizerFolder.tokenizer(assets: [
      "vocab.txt": FileMapping.bytes(of: folder + "/vocab.txt"),
      "tokenizer_config.json": FileMapping.bytes(of: folder + "/tokenizer_config.json"),
    ])
    let path = try #require(SharedData.path("ag_news/train.tsv"))
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let texts = lines.prefix(10_000).map { String($0.split(separator: "\t", maxSplits: 1)[1]) }
    let start = ContinuousClock.now
    let lists = texts.map { tokenizer.encode($0, maximumTokens: 128) }
    let elapsed = ContinuousClock.now - start
    print("10,000 lines in \(elapsed)")
    #expect(lists.reduce(0) { $0 + $1.count } == summary.tokens)
    let digest = Digest(of: Bytes(copying: lists.flatMap { $0 + [-1] }))
    #expect(digest.hex == summary.sha256)
  }

  @Test func readsTheVocabularyOfTokenizerJSON() throws {
    let reference = try Self.reference()
    let entries = reference.vocabulary.enumerated().map { ($0.element, JSON.integer($0.offset)) }
    let specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].enumerated().map {
      JSON.object([
        ("id", .integer($0.offset)), ("content", .string($0.element)), ("special", .bool(true)),
      ])
    }
    let whole = JSON.object([
      ("added_tokens", .array(specials)),
      (
        "normalizer",
        .object([
          ("type", .string("BertNormalizer")), ("lowercase", .bool(true)), ("strip_accents", .null),
        ])
      ),
      ("pre_tokenizer", .object([("type", .string("BertPreTokenizer"))])),
      (
        "post_processor",
        .object([
          ("type", .string("BertProcessing")), ("sep", .array([.string("[SEP]"), .integer(3)])),
          ("cls", .array([.string("[CLS]"), .integer(2)])),
        ])
      ),
      ("model", .object([("type", .string("WordPiece")), ("vocab", .object(entries))])),
    ])
    let tokenizer = try TokenizerFolder.tokenizer(assets: ["tokenizer.json": bytes(whole.text)])
    for (text, ids) in zip(reference.texts, reference.cases[0].ids) {
      #expect(tokenizer.encode(text, maximumTokens: .max) == ids)
    }
  }
}
