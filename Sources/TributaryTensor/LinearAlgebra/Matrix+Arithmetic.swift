internal import COpenBLAS

extension Matrix {
  public static func + (left: Matrix, right: Matrix) -> Matrix { left.combined(right, +) }
  public static func - (left: Matrix, right: Matrix) -> Matrix { left.combined(right, -) }
  public static func * (left: Matrix, scale: Double) -> Matrix {
    Matrix(left.values.map { $0 * scale }, rows: left.rows, columns: left.columns)
  }

  private func combined(_ other: Matrix, _ operation: (Double, Double) -> Double) -> Matrix {
    require(
      rows == other.rows && columns == other.columns,
      "\(rows)x\(columns) and \(other.rows)x\(other.columns) differ")
    return Matrix(
      zip(values, other.values).map { operation($0, $1) }, rows: rows, columns: columns)
  }

  /// This matrix with `amount` more on its diagonal.
  public func addingToDiagonal(_ amount: Double) -> Matrix {
    var result = self
    for index in 0..<min(rows, columns) { result[index, index] += amount }
    return result
  }

  /// The mean of every column.
  public var columnMeans: [Double] {
    var sums = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for (column, value) in self.row(row).enumerated() { sums[column] += value }
    }
    return sums.map { $0 / Double(max(1, rows)) }
  }

  /// Every row less `vector`.
  public func subtractingFromRows(_ vector: [Double]) -> Matrix {
    require(vector.count == columns, "\(vector.count) values for \(columns) columns")
    var result = self
    for row in 0..<rows {
      for column in 0..<columns { result.values[row * columns + column] -= vector[column] }
    }
    return result
  }

  /// Every row times its own number.
  public func scalingRows(_ factors: [Double]) -> Matrix {
    require(factors.count == rows, "\(factors.count) factors for \(rows) rows")
    var result = self
    for row in 0..<rows {
      for column in 0..<columns { result.values[row * columns + column] *= factors[row] }
    }
    return result
  }

  /// Every column times its own number.
  public func scalingColumns(_ factors: [Double]) -> Matrix {
    require(factors.count == columns, "\(factors.count) factors for \(columns) columns")
    var result = self
    for row in 0..<rows {
      for column in 0..<columns { result.values[row * columns + column] *= factors[column] }
    }
    return result
  }

  /// `self · other`.
  public func times(_ other: Matrix) -> Matrix {
    product(other, left: false, right: false)
  }

  /// `selfᵀ · other`.
  public func transposedTimes(_ other: Matrix) -> Matrix {
    product(other, left: true, right: false)
  }

  /// `self · otherᵀ`.
  public func timesTransposed(_ other: Matrix) -> Matrix {
    product(other, left: false, right: true)
  }

  /// `selfᵀ · self`, exactly symmetric.
  public var gram: Matrix {
    var result = Matrix(rows: columns, columns: columns)
    guard rows > 0, columns > 0 else { return result }
    ThreadContext.ready()
    cblas_dsyrk(
      CblasRowMajor, CblasUpper, CblasTrans, Int32(columns), Int32(rows), 1, values,
      Int32(columns), 0, &result.values, Int32(columns))
    for row in 0..<columns {
      for column in 0..<row { result[row, column] = result[column, row] }
    }
    return result
  }

  private func product(_ other: Matrix, left: Bool, right: Bool) -> Matrix {
    let (m, depth) = left ? (columns, rows) : (rows, columns)
    let (inner, n) = right ? (other.columns, other.rows) : (other.rows, other.columns)
    require(depth == inner, "a product of \(rows)x\(columns) and \(other.rows)x\(other.columns)")
    var result = Matrix(rows: m, columns: n)
    guard m > 0, n > 0, depth > 0 else { return result }
    ThreadContext.ready()
    cblas_dgemm(
      CblasRowMajor, left ? CblasTrans : CblasNoTrans, right ? CblasTrans : CblasNoTrans,
      Int32(m), Int32(n), Int32(depth), 1, values, Int32(columns), other.values,
      Int32(other.columns), 0, &result.values, Int32(n))
    return result
  }
}
