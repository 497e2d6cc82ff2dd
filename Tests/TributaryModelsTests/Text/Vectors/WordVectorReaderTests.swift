import Foundation
import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryModels

/// Files that are not what they should be.
@Suite struct WordVectorReaderTests {
  private func read(_ bytes: [UInt8]) throws -> WordVectors {
    try bytes.withUnsafeBytes { buffer in
      var reader = try WordVectorReader(buffer, path: "vectors")
      return try reader.read(maximum: 100, only: nil)
    }
  }

  private func refusal(_ bytes: [UInt8]) -> String {
    do {
      return "read: \(try read(bytes))"
    } catch {
      return (error as? TributaryError)?.message ?? "\(error)"
    }
  }

  private func refusal(_ text: String) -> String { refusal(Array(text.utf8)) }

  @Test func wordsMayHaveSpacesAndComeTwice() throws {
    let found = try read(Array("a 1 2\n. . . 3 4\na 5 6\r\nb\t7 8 \n".utf8))
    #expect(
      found == WordVectors(words: ["a", ". . .", "b"], dimension: 2, values: [1, 2, 3, 4, 7, 8]))
  }

  @Test func aWordThatIsNoTextIsLeftOut() throws {
    #expect(try read([0xff] + Array(" 1 2\nb 3 4\n".utf8)).words == ["b"])
  }

  @Test func whatIsNoneIsRefused() throws {
    #expect(refusal("") == "vectors: is no file of word vectors")
    #expect(refusal("word\n") == "vectors: is no file of word vectors")
    #expect(refusal([0x1f, 0x8b, 8, 0]) == "vectors: is gzip")
    #expect(refusal("a 1 2\nb 1\n") == "vectors: record 2 is no word with 2 numbers")
    #expect(refusal("a 1 2\nb 1 x\n") == "vectors: record 2 has something that is no number")
    #expect(refusal("a 1 nan\n") == "vectors: record 1 has something that is no number")
    #expect(refusal("a 1 1e99\n") == "vectors: record 1 has something that is no number")
    #expect(
      refusal("99999999999 2\na 1 2\n")
        == "vectors: promises 99999999999 vectors, for which it is too short")
    #expect(refusal("1 99999999\na 1 2\n") == "vectors: is no file of word vectors")
    #expect(refusal("-1 2\na 1 2\n") == "vectors: promises -1 vectors, for which it is too short")
    #expect(refusal("3 2\na 1 2\nb 1 2\n") == "vectors: truncated: 3 vectors promised, 2 there")
    #expect(refusal(Array("1 2\na ".utf8) + [1, 2, 3]).contains("truncated in record 1"))
    let infinite = Array("1 1\na ".utf8) + [0, 0, 0x80, 0x7f]
    #expect(refusal(infinite) == "vectors: record 1 has something that is no number")
  }

  /// Whatever a file says, there are words with numbers or an error that says what is wrong.
  @Test(arguments: ["word2vec.txt", "word2vec.bin", "glove.txt"])
  func damagedFilesAreReadOrRefused(_ name: String) throws {
    let original = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: Golden.path("vectors/\(name)"))))
    var random = RandomKey(seed: 4).generator
    var refused = 0
    for _ in 0..<300 {
      var bytes = original
      for _ in 0..<(1 + random.below(3)) {
        switch random.below(3) {
        case 0: bytes[random.below(bytes.count)] = UInt8(random.below(256))
        case 1: bytes.removeLast(random.below(bytes.count))
        default: bytes.insert(UInt8(ascii: " "), at: random.below(bytes.count + 1))
        }
        if bytes.isEmpty { bytes = [0] }
      }
      do {
        let found = try read(bytes)
        #expect(found.values.count == found.words.count * found.dimension)
        #expect(found.values.allSatisfy { $0.isFinite })
      } catch let error as TributaryError {
        #expect(error.code == "model.words")
        refused += 1
      }
    }
    #expect(refused > 50)
  }
}
