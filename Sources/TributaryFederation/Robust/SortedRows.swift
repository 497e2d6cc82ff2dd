/// Sorts the clients' values of many elements at once: Batcher's merge exchange (Knuth, The Art of Computer
/// Programming 3, 5.2.2 M), whose every exchange is one of whole rows, element by element.
enum SortedRows {
  /// Afterwards each column ascends from row to row.
  static func sort(_ rows: BlockRows<Float>) {
    let count = rows.count
    guard count > 1 else { return }
    var top = 1
    while top * 2 < count { top *= 2 }
    var p = top
    while p > 0 {
      var (q, r, d) = (top, 0, p)
      while true {
        for low in 0..<(count - d) where low & p == r {
          exchange(rows[low], rows[low + d], count: rows.width)
        }
        if q == p { break }
        (d, q, r) = (q - p, q / 2, p)
      }
      p /= 2
    }
  }

  /// The smaller of each pair goes to `low`, the larger to `high`; eight pairs at a time.
  private static func exchange(
    _ low: UnsafeMutablePointer<Float>, _ high: UnsafeMutablePointer<Float>, count: Int
  ) {
    let whole = count & ~7
    for index in stride(from: 0, to: whole, by: 8) {
      let (lows, highs) = (
        UnsafeMutableRawPointer(low + index), UnsafeMutableRawPointer(high + index)
      )
      let a = lows.loadUnaligned(as: SIMD8<Float>.self)
      let b = highs.loadUnaligned(as: SIMD8<Float>.self)
      let isSmaller = b .< a
      lows.storeBytes(of: a.replacing(with: b, where: isSmaller), as: SIMD8<Float>.self)
      highs.storeBytes(of: b.replacing(with: a, where: isSmaller), as: SIMD8<Float>.self)
    }
    for index in whole..<count where high[index] < low[index] {
      (low[index], high[index]) = (high[index], low[index])
    }
  }
}

/// The median of each element; between two middle values, their mean.
struct ElementMedian: ElementRule {
  func combine(
    _ block: inout UpdateBlock<Float>, _ columns: Range<Int>, into result: inout [Float]
  ) {
    block.withRows(of: columns) { rows in
      SortedRows.sort(rows)
      let (low, high) = (rows[(rows.count - 1) / 2], rows[rows.count / 2])
      for (index, column) in columns.enumerated() {
        result[column] = Float((Double(low[index]) + Double(high[index])) / 2)
      }
    }
  }
}
