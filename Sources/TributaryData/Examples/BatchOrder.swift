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
