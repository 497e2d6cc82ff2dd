import Foundation
import Testing
import TributaryCore
import TributaryStorage
import TributaryTestKit

@testable import TributaryModels

/// Against gensim and Hugging Face's tokenizers (Golden/generate_vectors.py).
@Suite struct WordVectorsTests {
  private let golden: JSON

  init() throws {
    let path = Golden.path("vectors.json")
    golden = try JSON(parsing: FileMapping.bytes(of: path), name: path)
  }

  private func vectors(_ name: String, maximum: Int = .max) throws -> WordVectors {
    try WordVectors(path: Golden.path("vectors/\(name)"), maximumWords: maximum)
  }

  @Test(arguments: ["word2vec.txt", "word2vec.bin", "glove.txt"])
  func equalsWhatGensimReads(_ name: String) throws {
    let expected = try #require(golden["files"]?[name])
    let words = expected["words"]?.array?.compactMap(\.string) ?? []
    let values = expected["values"]?.array?.compactMap(\.double).map { Float($0) } ?? []
    let all = try vectors(name)
    #expect(all.words == words && all.dimension == 5 && all.values == values)
    let some = try vectors(name, maximum: 2)
    #expect(some.words == Array(words.prefix(2)) && some.values == Array(values.prefix(10)))
  }

  @Test func onlyListedWordsAreKept() throws {
    let list = FileManager.default.temporaryDirectory.path + "/tributary-words-\(UUID()).txt"
    defer { try? FileManager.default.removeItem(atPath: list) }
    try Data("film\nabsent\nthe\n".utf8).write(to: URL(fileURLWithPath: list))
    for name in ["word2vec.txt", "word2vec.bin"] {
      let path = Golden.path("vectors/\(name)")
      #expect(try WordVectors(path: path, only: list).words == ["the", "film"])
    }
    try Data("absent\n".utf8).write(to: URL(fileURLWithPath: list))
    let error = #expect(throws: TributaryError.self) {
      try WordVectors(path: Golden.path("vectors/glove.txt"), only: list)
    }
    #expect(error?.message.contains("has none of the words in") == true)
  }

  @Test func theTokenizerIsHuggingFaces() throws {
    let model = try ModelFolder.new(
      architecture: "text-bag", classes: 3, words: vectors("word2vec.bin"),
      key: RandomKey(seed: 1))
    let tokenizer = try model.tokenizer()
    let texts = try #require(golden["texts"]?.array)
    #expect(texts.count == 5)
    for entry in texts {
      let text = try #require(entry["text"]?.string)
      let ids = entry["ids"]?.array?.compactMap(\.integer).map { Int32($0) }
      #expect(tokenizer.encode(text, maximumTokens: 64) == ids, "\(text)")
    }
    #expect(tokenizer.paddingID == 0)
  }

  @Test(arguments: ["text-bag", "lstm", "gru", "text-attention"])
  func aModelHasARowAWord(_ architecture: String) throws {
    let words = try vectors("glove.txt")
    let model = try ModelFolder.new(
      architecture: architecture, classes: 2, classNames: ["bad", "good"], words: words,
      key: RandomKey(seed: 1))
    let table = try #require(model.tensors["embedding.weight"])
    #expect(table.shape == [8, 5])
    let rows = try table.floats()
    #expect(rows[0..<5].allSatisfy { $0 == 0 } && rows[10..<15].allSatisfy { $0 == 0 })
    let sum = (0..<5).reduce(Float(0)) { $0 + words.values[$1 * 5] }
    #expect((rows[5] - sum / 5).magnitude < 1e-6)
    #expect(Array(rows[15...]) == words.values)
    #expect(!model.freshTensors.contains("embedding.weight"))
    #expect(model.freshTensors.contains("classifier.weight"))
    // The receiving side of a transfer makes the same of it.
    let received = try LoadedModel(assets: model.assets, tensors: model.tensors)
    #expect(try received.tokenizer().encode("Film", maximumTokens: 8) == [6, 2])
    #expect(received.configuration.classNames == ["bad", "good"])
  }

  @Test func otherArchitecturesAreRefused() throws {
    let error = #expect(throws: TributaryError.self) {
      try ModelFolder.new(
        architecture: "lenet-bn", classes: 2, words: vectors("glove.txt"), key: RandomKey(seed: 1))
    }
    #expect(error?.code == "model.architecture")
    #expect(error?.advice?.contains("text-attention") == true)
  }
}
