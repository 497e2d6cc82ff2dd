/// The weighted mean of some clients' values, in float64 in the order of their names, rounded once.
struct RowMean: ElementRule {
  /// A client's row and its weight; the weights' sum is 1 or any other positive number.
  private let terms: [(row: Int, weight: Double)]
  private let total: Double

  /// The plain mean of `rows`.
  init(rows: [Int]) {
    terms = rows.sorted().map { ($0, 1) }
    total = Double(rows.count)
  }

  /// The mean of all rows by `weights`.
  init(weights: [Double]) {
    terms = weights.enumerated().map { ($0.offset, $0.element) }
    total = weights.reduce(0, +)
  }

  func combine(
    _ block: inout UpdateBlock<Float>, _ columns: Range<Int>, into result: inout [Float]
  ) {
    var mean = [Double](repeating: 0, count: columns.count)
    block.withRows(of: columns) { rows in add(rows, to: &mean) }
    for (index, column) in columns.enumerated() { result[column] = Float(mean[index]) }
  }

  /// Adds the weighted mean of `rows` to `mean`, element by element.
  func add(_ rows: BlockRows<Float>, to mean: inout [Double]) {
    mean.withUnsafeMutableBufferPointer { mean in
      for (row, weight) in terms {
        let values = rows[row]
        for column in 0..<rows.width { mean[column] += weight * Double(values[column]) }
      }
      for column in 0..<rows.width { mean[column] /= total }
    }
  }
}
