/// A map from byte strings to ids, as edges (node, byte) -> node in one table: longest-match search takes one
/// look-up a byte and builds no strings.
struct ByteTrie: Sendable {
  static let root: Int32 = 0
  private var edges: IntegerTable
  private var ids: [Int32] = [-1]

  init(expectedNodes: Int) { edges = IntegerTable(expectedCount: expectedNodes) }

  mutating func insert(_ bytes: some Sequence<UInt8>, id: Int32, under root: Int32) {
    var node = root
    for byte in bytes {
      if let child = child(of: node, byte) {
        node = child
      } else {
        ids.append(-1)
        edges.insert(Int32(ids.count - 1), for: Self.key(node, byte))
        node = Int32(ids.count - 1)
      }
    }
    ids[Int(node)] = id
  }

  func child(of node: Int32, _ byte: UInt8) -> Int32? { edges[Self.key(node, byte)] }

  /// The id of the string that ends at `node`.
  func id(at node: Int32) -> Int32? {
    let id = ids[Int(node)]
    return id >= 0 ? id : nil
  }

  /// Where the string leads; nil where no stored string begins with it.
  func node(of bytes: some Sequence<UInt8>) -> Int32? {
    var node = Self.root
    for byte in bytes {
      guard let child = child(of: node, byte) else { return nil }
      node = child
    }
    return node
  }

  /// The longest stored string that `bytes[start...]` begins with, below `root`: where it ends, and its id.
  func longestMatch(
    in bytes: UnsafeBufferPointer<UInt8>, from start: Int, under root: Int32
  ) -> (end: Int, id: Int32)? {
    var best: (end: Int, id: Int32)?
    forEachMatch(in: bytes, from: start, under: root) { best = ($0, $1) }
    return best
  }

  /// Every stored string that `bytes[start...]` begins with, the shortest first.
  @inline(__always)
  func forEachMatch(
    in bytes: UnsafeBufferPointer<UInt8>, from start: Int, under root: Int32 = ByteTrie.root,
    _ body: (_ end: Int, _ id: Int32) -> Void
  ) {
    var node = root
    for index in start..<bytes.count {
      guard let child = child(of: node, bytes[index]) else { return }
      node = child
      let id = ids[Int(node)]
      if id >= 0 { body(index + 1, id) }
    }
  }

  private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 {
    UInt64(UInt32(bitPattern: node)) << 8 | UInt64(byte)
  }
}
