/// The merges of a byte-pair encoding by pair, in the order in which they were learnt.
struct MergeTable: Sendable {
  /// By pair: the merge's rank.
  private var ranks: IntegerTable
  /// By rank: what the pair becomes.
  private var results: [Int32] = []

  init(expectedCount: Int) { ranks = IntegerTable(expectedCount: expectedCount) }

  /// A pair that stands there already takes the new rank.
  mutating func append(_ left: Int32, _ right: Int32, into merged: Int32) {
    ranks.insert(Int32(results.count), for: Self.key(left, right))
    results.append(merged)
  }

  private func rank(_ left: Int32, _ right: Int32) -> Int32? { ranks[Self.key(left, right)] }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// `symbols` after all merges: the pair of lowest rank first, of several the leftmost.
  func merged(_ symbols: [Int32]) -> [Int32] {
    guard symbols.count > 1 else { return symbols }
    // Positions form a list; what was merged into its left neighbour has the id -1.
    var ids = symbols
    var next = Array(1...symbols.count)
    var previous = Array(-1..<symbols.count - 1)
    var queue = MinimumHeap(capacity: symbols.count)
    func candidate(_ left: Int, _ right: Int) -> UInt64? {
      rank(ids[left], ids[right]).map { UInt64($0) << 32 | UInt64(left) }
    }
    for left in 0..<symbols.count - 1 {
      if let pair = candidate(left, left + 1) { queue.append(pair) }
    }
    queue.order()
    while let pair = queue.pop() {
      let left = Int(truncatingIfNeeded: pair & 0xffff_ffff)
      let result = results[Int(pair >> 32)]
      guard ids[left] >= 0, next[left] < ids.count else { continue }
      let right = next[left]
      // Other merges may have changed the pair since it was queued.
      guard let rank = rank(ids[left], ids[right]), results[Int(rank)] == result else { continue }
      ids[left] = result
      ids[right] = -1
      next[left] = next[right]
      if next[left] < ids.count { previous[next[left]] = left }
      if previous[left] >= 0, let pair = candidate(previous[left], left) { queue.push(pair) }
      if next[left] < ids.count, let pair = candidate(left, next[left]) { queue.push(pair) }
    }
    return ids.filter { $0 >= 0 }
  }
}

/// A binary heap with the least value on top.
private struct MinimumHeap {
  private var values: [UInt64] = []

  init(capacity: Int) { values.reserveCapacity(capacity) }

  /// Without order, until `order()`.
  mutating func append(_ value: UInt64) { values.append(value) }

  mutating func order() {
    for index in stride(from: values.count / 2 - 1, through: 0, by: -1) { sink(index) }
  }

  mutating func push(_ value: UInt64) {
    values.append(value)
    var index = values.count - 1
    while index > 0, value < values[(index - 1) / 2] {
      values[index] = values[(index - 1) / 2]
      index = (index - 1) / 2
    }
    values[index] = value
  }

  mutating func pop() -> UInt64? {
    guard let least = values.first, let last = values.popLast() else { return nil }
    if !values.isEmpty {
      values[0] = last
      sink(0)
    }
    return least
  }

  private mutating func sink(_ start: Int) {
    let value = values[start]
    var index = start
    while 2 * index + 1 < values.count {
      var child = 2 * index + 1
      if child + 1 < values.count, values[child + 1] < values[child] { child += 1 }
      guard values[child] < value else { break }
      values[index] = values[child]
      index = child
    }
    values[index] = value
  }
}
