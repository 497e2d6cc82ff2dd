internal import COpenBLAS
internal import TributaryCore

/// A symmetric positive definite matrix made ready to be solved with: A = L Lᵀ.
public struct CholeskyFactor: Sendable {
  private let factor: [Double]
  public let order: Int

  /// - Throws: `linearAlgebra.singular` where `matrix` is not positive definite.
  public init(_ matrix: Matrix) throws {
    require(matrix.rows == matrix.columns, "Cholesky's factor of \(matrix.rows)x\(matrix.columns)")
    ThreadContext.ready()
    let order = matrix.rows
    self.order = order
    var (a, n, info) = (matrix.values, Int32(matrix.rows), Int32(0))
    if order > 0 { dpotrf_("L", &n, &a, &n, &info, 1) }
    // A pivot of rounding errors alone is none.
    let floor = 1e-15 * matrix.diagonal.reduce(0) { max($0, $1) }
    let pivots = Matrix(a, rows: matrix.rows, columns: matrix.rows).diagonal
    if info == 0, let lost = pivots.firstIndex(where: { $0 * $0 <= floor }) {
      info = Int32(lost + 1)
    }
    guard info == 0 else {
      throw TributaryError(
        "linearAlgebra.singular",
        "a matrix of order \(order) is not positive definite (row \(info))",
        advice: "add regularisation, or remove features that say the same")
    }
    factor = a
  }

  /// X of A X = `right`, `[order, columns]`.
  public func solve(_ right: Matrix) -> Matrix {
    require(right.rows == order, "a solution of order \(order) for \(right.rows) rows")
    guard order > 0, right.columns > 0 else { return right }
    // The rows of the transpose are LAPACK's columns.
    var b = right.transposed.values
    var (n, columns, info) = (Int32(order), Int32(right.columns), Int32(0))
    dpotrs_("L", &n, &columns, factor, &n, &b, &n, &info, 1)
    require(info == 0, "dpotrs says \(info)")
    return Matrix(b, rows: right.columns, columns: order).transposed
  }
}
