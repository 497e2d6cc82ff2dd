internal import TributaryCore

/// The unigram model (Kudo 2018, arXiv:1804.10959): of all ways to cut a word into pieces the one whose scores
/// add up highest, found by Viterbi's algorithm in O(n k), k the longest piece.
///
/// A character that is no piece scores 10 less than the worst piece; unknown characters that stand together are
/// one unknown token, or their bytes' tokens where the model has them.
struct Unigram: TokenModel {
  let vocabulary: TokenVocabulary
  private let scores: [Double]
  private let unknown: Int32
  private let unknownScore: Double
  private let byteTokens: [Int32?]
  private let cache = WordCache()

  /// - Parameter pieces: in the order of their ids.
  /// - Throws: `tokenizer.vocabulary` where `unknown` is none of them.
  init(pieces: [(token: String, score: Double)], unknown: Int, hasByteFallback: Bool) throws {
    guard pieces.indices.contains(unknown) else {
      throw TributaryError("tokenizer.vocabulary", "the unigram model's unk_id is no token's")
    }
    vocabulary = try TokenVocabulary(
      pieces.enumerated().map { ($0.element.token, Int32($0.offset)) })
    scores = pieces.map(\.score)
    self.unknown = Int32(unknown)
    unknownScore = (scores.min() ?? 0) - 10
    byteTokens = hasByteFallback ? vocabulary.byteTokens : []
  }

  func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
    cache.append(word, to: &ids, bestPath)
  }

  private struct Node {
    var score = -Double.infinity
    var start = -1
    var id: Int32 = 0
  }

  private func bestPath(_ word: UnsafeBufferPointer<UInt8>) -> [Int32] {
    var nodes = [Node](repeating: Node(), count: word.count + 1)
    nodes[0].score = 0
    func reach(_ end: Int, from start: Int, score: Double, id: Int32) {
      let total = nodes[start].score + score
      if nodes[end].start < 0 || total > nodes[end].score {
        nodes[end] = Node(score: total, start: start, id: id)
      }
    }
    var start = 0
    while start < word.count {
      let next = start + UTF8.width(of: word[start])
      var hasCharacter = false
      vocabulary.trie.forEachMatch(in: word, from: start) { end, id in
        reach(end, from: start, score: scores[Int(id)], id: id)
        if end == next { hasCharacter = true }
      }
      if !hasCharacter { reach(next, from: start, score: unknownScore, id: unknown) }
      start = next
    }
    return ids(along: nodes, of: word)
  }

  private func ids(along nodes: [Node], of word: UnsafeBufferPointer<UInt8>) -> [Int32] {
    var reversed: [Int32] = []
    var end = word.count
    while end > 0 {
      var node = nodes[end]
      guard node.id == unknown else {
        reversed.append(node.id)
        end = node.start
        continue
      }
      while node.start > 0, nodes[node.start].id == unknown { node = nodes[node.start] }
      reversed += unknownIDs(UnsafeBufferPointer(rebasing: word[node.start..<end])).reversed()
      end = node.start
    }
    return reversed.reversed()
  }

  private func unknownIDs(_ bytes: UnsafeBufferPointer<UInt8>) -> [Int32] {
    if let id = vocabulary[bytes: bytes] { return [id] }
    guard !byteTokens.isEmpty else { return [unknown] }
    let ids = bytes.compactMap { byteTokens[Int($0)] }
    return ids.count == bytes.count ? ids : [unknown]
  }
}
