/// WordPiece (Wu et al. 2016, arXiv:1609.08144): a word is cut into the longest pieces that the vocabulary has,
/// from its start on. A word that is too long, or cannot be pieced together, is unknown.
struct WordPiece: TokenModel {
  let vocabulary: TokenVocabulary
  private let unknown: Int32
  /// Where pieces that continue a word (`##ing`) begin in the trie; nil where there are none.
  private let continuation: Int32?
  private let maximumWordLength: Int

  /// - Throws: `tokenizer.special` where the vocabulary lacks the unknown token.
  init(
    vocabulary: TokenVocabulary, unknown: String = "[UNK]", continuationPrefix: String = "##",
    maximumWordLength: Int = 100
  ) throws {
    self.vocabulary = vocabulary
    self.unknown = try vocabulary.required(unknown)
    self.maximumWordLength = maximumWordLength
    continuation = vocabulary.trie.node(of: continuationPrefix.utf8)
  }

  func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
    let length = word.count <= maximumWordLength ? 0 : word.count { $0 & 0xc0 != 0x80 }
    if length > maximumWordLength { return ids.append(unknown) }
    let before = ids.count
    var start = 0
    var node: Int32? = ByteTrie.root
    while start < word.count {
      guard let root = node,
        let (end, id) = vocabulary.trie.longestMatch(in: word, from: start, under: root)
      else {
        ids.removeLast(ids.count - before)
        return ids.append(unknown)
      }
      ids.append(id)
      start = end
      node = continuation
    }
  }
}
