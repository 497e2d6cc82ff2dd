/// Squared Euclidean distances between updates' trained parameters, in float64.
///
/// Tile by tile in eight sums, tiles in order: the same bits whatever the size of blocks.
struct SquaredDistances: Sendable {
  let count: Int
  private var values: [Double]

  /// Of all pairs: `count² / 2` sums over the model, read once.
  init(_ updates: UpdateBlocks) throws {
    count = updates.clientCount
    var sums = [Double](repeating: 0, count: count * count)
    try updates.forEachTrainedTile { block, columns in
      block.withRows(of: columns) { rows in
        for left in 0..<rows.count {
          for right in (left + 1)..<rows.count {
            sums[left * rows.count + right] += Self.sum(rows[left], rows[right], rows.width)
          }
        }
      }
    }
    values = sums
  }

  subscript(one: Int, other: Int) -> Double {
    one < other ? values[one * count + other] : values[other * count + one]
  }

  private static func sum(
    _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ count: Int
  ) -> Double {
    var sums = SIMD8<Double>.zero
    let whole = count & ~7
    for start in stride(from: 0, to: whole, by: 8) {
      let difference = lanes(a + start) - lanes(b + start)
      sums += difference * difference
    }
    var rest = 0.0
    for index in whole..<count {
      let difference = Double(a[index]) - Double(b[index])
      rest += difference * difference
    }
    return sums.sum() + rest
  }

  @inline(__always)
  private static func lanes(_ values: UnsafeMutablePointer<Float>) -> SIMD8<Double> {
    SIMD8(
      Double(values[0]), Double(values[1]), Double(values[2]), Double(values[3]),
      Double(values[4]), Double(values[5]), Double(values[6]), Double(values[7]))
  }
}
