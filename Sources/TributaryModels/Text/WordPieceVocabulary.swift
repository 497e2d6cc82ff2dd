internal import TributaryCore

/// The vocabulary as two byte tries, for longest-match search: one lookup a byte, no strings built.
struct WordPieceVocabulary: Sendable {
  /// One more than the largest id: as many rows a model must have for them.
  let idLimit: Int
  private var trie: ByteTrie
  /// Where pieces that continue a word (`##ing`) begin in the trie.
  private let continuation: Int32

  /// - Parameter tokens: each token with its id.
  init(tokens: [(token: String, id: Int32)]) {
    idLimit = Int(tokens.map(\.id).max() ?? -1) + 1
    var trie = ByteTrie(expectedNodes: tokens.reduce(0) { $0 + $1.token.utf8.count })
    continuation = trie.makeRoot()
    for (token, id) in tokens {
      let isContinuation = token.utf8.starts(with: "##".utf8)
      if isContinuation { trie.insert(token.utf8.dropFirst(2), id: id, under: continuation) }
      // "##" at the start of a word is looked up as it stands, too.
      trie.insert(token.utf8, id: id, under: ByteTrie.root)
    }
    self.trie = trie
  }

  subscript(token: String) -> Int32? {
    Array(token.utf8).withUnsafeBufferPointer { bytes in
      let match = trie.longestMatch(in: bytes, from: 0, under: ByteTrie.root)
      return match.flatMap { $0.end == bytes.count ? $0.id : nil }
    }
  }

  /// Appends the pieces of `word` (greedy, longest first), or returns false where no piece fits.
  func appendPieces(of word: UnsafeBufferPointer<UInt8>, to result: inout [Int32]) -> Bool {
    let before = result.count
    var start = 0
    var node = ByteTrie.root
    while start < word.count {
      guard let (end, id) = trie.longestMatch(in: word, from: start, under: node) else {
        result.removeLast(result.count - before)
        return false
      }
      result.append(id)
      start = end
      node = continuation
    }
    return true
  }
}

/// A map from byte strings to ids, as edges (node, byte) -> node in one open-addressing table.
struct ByteTrie: Sendable {
  static let root: Int32 = 0
  private var keys: [UInt64]
  private var children: [Int32]
  private var ids: [Int32] = [-1]
  private var mask: Int
  private var edgeCount = 0

  init(expectedNodes: Int) {
    var capacity = 1024
    while capacity < 2 * expectedNodes { capacity *= 2 }
    keys = [UInt64](repeating: .max, count: capacity)
    children = [Int32](repeating: 0, count: capacity)
    mask = capacity - 1
  }

  mutating func makeRoot() -> Int32 {
    ids.append(-1)
    return Int32(ids.count - 1)
  }

  mutating func insert(_ bytes: some Sequence<UInt8>, id: Int32, under root: Int32) {
    var node = root
    for byte in bytes {
      let key = Self.key(node, byte)
      var slot = slot(of: key)
      if keys[slot] != key {
        if 2 * (edgeCount + 1) > keys.count {
          grow()
          slot = self.slot(of: key)
        }
        keys[slot] = key
        children[slot] = makeRoot()
        edgeCount += 1
      }
      node = children[slot]
    }
    ids[Int(node)] = id
  }

  /// The longest stored string that `bytes[start...]` begins with: where it ends, and its id.
  func longestMatch(
    in bytes: UnsafeBufferPointer<UInt8>, from start: Int, under root: Int32
  ) -> (end: Int, id: Int32)? {
    var best: (end: Int, id: Int32)?
    var node = root
    for index in start..<bytes.count {
      let key = Self.key(node, bytes[index])
      let slot = slot(of: key)
      guard keys[slot] == key else { break }
      node = children[slot]
      let id = ids[Int(node)]
      if id >= 0 { best = (index + 1, id) }
    }
    return best
  }

  private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
    UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
  }

  private func slot(of key: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
    while keys[slot] != key && keys[slot] != .max { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = zip(keys, children).filter { $0.0 != .max }
    keys = [UInt64](repeating: .max, count: 2 * keys.count)
    children = [Int32](repeating: 0, count: keys.count)
    mask = keys.count - 1
    for (key, child) in old {
      let slot = slot(of: key)
      keys[slot] = key
      children[slot] = child
    }
  }
}
