/// A map from integers to integers with open addressing: what tries and merge ranks are looked up in.
struct IntegerTable: Sendable {
  private var keys: [UInt64]
  private var values: [Int32]
  private var mask: Int
  private var count = 0

  init(expectedCount: Int) {
    var capacity = 1024
    while capacity < 2 * expectedCount { capacity *= 2 }
    keys = [UInt64](repeating: .max, count: capacity)
    values = [Int32](repeating: 0, count: capacity)
    mask = capacity - 1
  }

  subscript(key: UInt64) -> Int32? {
    let slot = slot(of: key)
    return keys[slot] == key ? values[slot] : nil
  }

  /// Stores a value under a key that is not `UInt64.max`.
  mutating func insert(_ value: Int32, for key: UInt64) {
    var slot = slot(of: key)
    if keys[slot] != key {
      if 2 * (count + 1) > keys.count {
        grow()
        slot = self.slot(of: key)
      }
      keys[slot] = key
      count += 1
    }
    values[slot] = value
  }

  private func slot(of key: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
    while keys[slot] != key && keys[slot] != .max { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = zip(keys, values).filter { $0.0 != .max }
    keys = [UInt64](repeating: .max, count: 2 * keys.count)
    values = [Int32](repeating: 0, count: keys.count)
    mask = keys.count - 1
    for (key, value) in old {
      let slot = slot(of: key)
      keys[slot] = key
      values[slot] = value
    }
  }
}
