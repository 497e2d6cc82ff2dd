import Testing
import TributaryCore

@testable import TributaryModels

@Suite struct UnigramTests {
  private func ids(_ word: String, _ model: Unigram) -> [Int32] {
    var ids: [Int32] = []
    Array(word.utf8).withUnsafeBufferPointer { model.append($0, to: &ids) }
    return ids
  }

  private let pieces: [(token: String, score: Double)] = [
    ("<unk>", 0), ("a", -2), ("b", -2), ("ab", -3), ("abc", -9), ("c", -2), ("<0xC3>", -1),
    ("<0xA9>", -1),
  ]

  @Test func takesThePathOfHighestScore() throws {
    let model = try Unigram(pieces: pieces, unknown: 0, hasByteFallback: false)
    #expect(ids("abc", model) == [3, 5])
    #expect(ids("cabb", model) == [5, 3, 2])
    #expect(ids("aééb", model) == [1, 0, 2])
    let bytes = try Unigram(pieces: pieces, unknown: 0, hasByteFallback: true)
    #expect(ids("aéb", bytes) == [1, 6, 7, 2])
    #expect(ids("aüb", bytes) == [1, 0, 2])
  }

  /// Quadratic time would take hours.
  @Test func aWordOfAMillionBytesIsCut() throws {
    let model = try Unigram(pieces: pieces, unknown: 0, hasByteFallback: false)
    let word = String(repeating: "ab", count: 1 << 19)
    #expect(ids(word, model) == [Int32](repeating: 3, count: 1 << 19))
    #expect(ids(String(repeating: "x", count: 1 << 20), model) == [0])
  }
}
