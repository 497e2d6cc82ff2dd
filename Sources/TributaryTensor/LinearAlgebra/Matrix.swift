internal import TributaryCore

/// A dense matrix of float64 in row-major order: what statistics over features are computed in.
///
/// All its algebra runs in OpenBLAS on the thread that asks, so that results depend on the values and the kind of
/// CPU alone. Shapes that do not fit are the caller's bugs.
public struct Matrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  /// Row-major, `rows * columns` of them.
  public var values: [Double]

  public init(_ values: [Double], rows: Int, columns: Int) {
    require(values.count == rows * columns, "Matrix: \(values.count) values, \(rows)x\(columns)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  public init(rows: Int, columns: Int, repeating value: Double = 0) {
    self.init(
      [Double](repeating: value, count: rows * columns), rows: rows, columns: columns)
  }

  /// The values of a float32 tensor `[rows, columns]`.
  public init(_ tensor: Tensor) {
    require(tensor.rank == 2, "Matrix: a tensor of shape \(tensor.shape)")
    self.init(
      tensor.floats().map(Double.init), rows: tensor.shape[0], columns: tensor.shape[1])
  }

  public static func identity(_ size: Int) -> Matrix {
    var result = Matrix(rows: size, columns: size)
    for index in 0..<size { result[index, index] = 1 }
    return result
  }

  public subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  public func row(_ index: Int) -> ArraySlice<Double> {
    values[index * columns..<(index + 1) * columns]
  }

  /// The rows at `indices`, in that order.
  public func rows(_ indices: [Int]) -> Matrix {
    Matrix(indices.flatMap { row($0) }, rows: indices.count, columns: columns)
  }

  /// The columns at `indices`, in that order.
  public func columns(_ indices: [Int]) -> Matrix {
    var result = Matrix(rows: rows, columns: indices.count)
    for row in 0..<rows {
      for (position, column) in indices.enumerated() { result[row, position] = self[row, column] }
    }
    return result
  }

  public var diagonal: [Double] { (0..<min(rows, columns)).map { self[$0, $0] } }
  public var trace: Double { diagonal.reduce(0, +) }

  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns { result.values[column * rows + row] = self[row, column] }
    }
    return result
  }

  /// This matrix above `other`.
  public func stacked(on other: Matrix) -> Matrix {
    require(columns == other.columns, "stacked: \(columns) and \(other.columns) columns")
    return Matrix(values + other.values, rows: rows + other.rows, columns: columns)
  }
}
