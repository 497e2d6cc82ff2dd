internal import COpenBLAS
internal import TributaryCore

/// The singular value decomposition A = U diag(σ) Vᵀ, σ falling, as many as the smaller side.
///
/// Of a pair of vectors and its opposite, the one whose right vector has a positive largest element.
public struct SingularValues: Sendable {
  public let values: [Double]
  /// The left vectors, a row for each value.
  public let left: Matrix
  /// The right vectors, a row for each value.
  public let right: Matrix

  /// - Throws: `linearAlgebra.singularValues` where the iteration does not converge (values that are not finite).
  public init(_ matrix: Matrix) throws {
    ThreadContext.ready()
    let count = min(matrix.rows, matrix.columns)
    // A row-major matrix is its transpose in LAPACK's eyes: Aᵀ = V diag(σ) Uᵀ.
    var (m, n, k, info) = (Int32(matrix.columns), Int32(matrix.rows), Int32(count), Int32(0))
    var a = matrix.values
    var values = [Double](repeating: 0, count: count)
    var v = [Double](repeating: 0, count: matrix.columns * count)
    var u = [Double](repeating: 0, count: count * matrix.rows)
    if count > 0 {
      var integers = [Int32](repeating: 0, count: 8 * count)
      var (size, query) = (0.0, Int32(-1))
      dgesdd_("S", &m, &n, &a, &m, &values, &v, &m, &u, &k, &size, &query, &integers, &info, 1)
      var (work, workCount) = ([Double](repeating: 0, count: Int(size)), Int32(size))
      dgesdd_("S", &m, &n, &a, &m, &values, &v, &m, &u, &k, &work, &workCount, &integers, &info, 1)
    }
    guard info == 0 else {
      throw TributaryError(
        "linearAlgebra.singularValues",
        "a matrix of \(matrix.rows)x\(matrix.columns) has no singular values (LAPACK says \(info))",
        advice: "are all values finite?")
    }
    self.values = values
    var right = Matrix(v, rows: count, columns: matrix.columns)
    var left = Matrix(u, rows: matrix.rows, columns: count).transposed
    for row in 0..<count where (right.row(row).max { $0.magnitude < $1.magnitude } ?? 0) < 0 {
      for column in 0..<right.columns { right[row, column].negate() }
      for column in 0..<left.columns { left[row, column].negate() }
    }
    (self.left, self.right) = (left, right)
  }
}
