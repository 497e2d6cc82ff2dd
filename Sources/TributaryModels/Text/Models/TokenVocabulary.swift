internal import TributaryCore

/// Tokens and their ids, both ways. By bytes: tokens that Unicode deems equivalent differ.
struct TokenVocabulary: Sendable {
  typealias Entry = (token: String, id: Int32)

  /// One more than the largest id.
  let idLimit: Int
  let trie: ByteTrie
  private let tokens: [Int32: String]

  /// - Throws: `tokenizer.vocabulary` for ids below 0 or beyond any vocabulary.
  init(_ entries: [Entry]) throws {
    var trie = ByteTrie(expectedNodes: entries.reduce(0) { $0 + $1.token.utf8.count })
    var tokens: [Int32: String] = [:]
    tokens.reserveCapacity(entries.count)
    for (token, id) in entries {
      guard (0..<(1 << 24)).contains(id) else {
        throw TributaryError("tokenizer.vocabulary", "a token has the impossible id \(id)")
      }
      trie.insert(token.utf8, id: id, under: ByteTrie.root)
      tokens[id] = token
    }
    idLimit = Int(tokens.keys.max() ?? -1) + 1
    self.trie = trie
    self.tokens = tokens
  }

  subscript(token: String) -> Int32? { self[bytes: token.utf8] }

  subscript(bytes bytes: some Sequence<UInt8>) -> Int32? {
    trie.node(of: bytes).flatMap(trie.id)
  }

  func token(of id: Int32) -> String? { tokens[id] }

  /// The ids of the tokens `<0x00>` ... `<0xFF>`; nil where one is missing.
  var byteTokens: [Int32?] {
    (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return self["<0x\(byte < 16 ? "0" : "")\(digits)>"]
    }
  }

  /// - Throws: `tokenizer.special` where the vocabulary lacks the token.
  func required(_ token: String) throws -> Int32 {
    guard let id = self[token] else {
      throw TributaryError("tokenizer.special", "the vocabulary has no token \(token)")
    }
    return id
  }
}
