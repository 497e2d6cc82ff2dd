public import TributaryCore

/// The order in which examples are taken, as batches of indices; the last batch may be short.
public struct BatchOrder: Sendable, RandomAccessCollection {
  /// All indices in the order they are taken.
  public let order: [Int]
  public let batchSize: Int

  /// One epoch in an order drawn from `key`.
  public init(count: Int, batchSize: Int, key: RandomKey) {
    self.init(key.permutation(of: count), batchSize: batchSize)
  }

  /// One epoch in an order drawn from `key`, in batches of examples of like length.
  ///
  /// Windows of 50 batches of the random order are sorted by length and cut; full batches then come in an order
  /// of their own, a short one at the end.
  public init(lengths: [Int], batchSize: Int, key: RandomKey) {
    let drawn = BatchOrder(
      key.permutation(of: lengths.count), batchSize: batchSize * Self.batchesPerWindow)
    let sorted = drawn.flatMap { window in
      window.enumerated().sorted {
        (lengths[$0.element], $0.offset) < (lengths[$1.element], $1.offset)
      }.map(\.element)
    }
    let batches = BatchOrder(sorted, batchSize: batchSize)
    let full = lengths.count / batchSize
    let order = key.at("batches").permutation(of: full) + Array(full..<batches.count)
    self.init(order.flatMap { batches[$0] }, batchSize: batchSize)
  }

  private static let batchesPerWindow = 50

  /// 0, 1, 2, ...: evaluation.
  public init(inOrderOf count: Int, batchSize: Int) {
    self.init(Array(0..<count), batchSize: batchSize)
  }

  private init(_ order: [Int], batchSize: Int) {
    precondition(batchSize > 0, "a batch has at least one example")
    self.order = order
    self.batchSize = batchSize
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { (order.count + batchSize - 1) / batchSize }
  public subscript(batch: Int) -> [Int] {
    precondition(indices.contains(batch), "no such batch")
    return Array(order[(batch * batchSize)..<Swift.min(order.count, (batch + 1) * batchSize)])
  }
}
