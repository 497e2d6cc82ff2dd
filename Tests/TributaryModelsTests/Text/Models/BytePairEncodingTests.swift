import Testing
import TributaryCore

@testable import TributaryModels

@Suite struct BytePairEncodingTests {
  private func model(_ options: BytePairEncoding.Options = .init()) throws -> BytePairEncoding {
    let tokens = ["a", "b", "c", "ab", "abc", "bc", "aa", "aaaa", "?", "<0xC3>", "<0xA9>"]
    return try BytePairEncoding(
      vocabulary: TokenVocabulary(tokens.enumerated().map { ($0.element, Int32($0.offset)) }),
      merges: [("a", "b"), ("ab", "c"), ("b", "c"), ("a", "a"), ("aa", "aa")], options: options)
  }

  private func ids(_ word: String, _ model: BytePairEncoding) -> [Int32] {
    var ids: [Int32] = []
    Array(word.utf8).withUnsafeBufferPointer { model.append($0, to: &ids) }
    return ids
  }

  @Test func mergesTheEarliestLearntFirst() throws {
    let model = try model()
    #expect(ids("abc", model) == [4])
    #expect(ids("bcab", model) == [5, 3])
    #expect(ids("aaaaa", model) == [7, 0])
    #expect(ids("aaab", model) == [6, 3])
  }

  @Test func unknownCharactersFollowTheOptions() throws {
    // Without an unknown token they are left out, and their neighbours meet.
    #expect(ids("aébé", try model()) == [3])
    var options = BytePairEncoding.Options(unknown: "?")
    #expect(ids("aééb", try model(options)) == [0, 8, 8, 1])
    options.fusesUnknown = true
    #expect(ids("aééb", try model(options)) == [0, 8, 1])
    options.hasByteFallback = true
    #expect(ids("aéb", try model(options)) == [0, 9, 10, 1])
    #expect(ids("aüb", try model(options)) == [0, 8, 1])
  }

  /// Quadratic time would take hours.
  @Test func aWordOfAMillionBytesIsMerged() throws {
    let result = ids(String(repeating: "a", count: 1 << 20), try model())
    #expect(result == [Int32](repeating: 7, count: 1 << 18))
  }
}
