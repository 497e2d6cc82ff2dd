internal import COpenBLAS
internal import TributaryCore

/// The eigenvalues of a symmetric matrix, falling, with eigenvectors of length 1.
///
///     A vᵢ = λᵢ vᵢ          generalised: A vᵢ = λᵢ B vᵢ, vᵢᵀ B vⱼ = [i = j]
///
/// Of a vector and its opposite, the one whose largest element is positive.
public struct SymmetricEigen: Sendable {
  public let values: [Double]
  /// A row for each value.
  public let vectors: Matrix

  /// - Throws: `linearAlgebra.eigen` where the iteration does not converge (values that are not finite).
  public init(_ matrix: Matrix) throws {
    var n = Self.order(matrix)
    var a = matrix.values
    var values = [Double](repeating: 0, count: matrix.rows)
    try Self.solve("a symmetric matrix", order: matrix.rows) {
      work, workCount, integers, integerCount, info in
      dsyevd_("V", "U", &n, &a, &n, &values, work, workCount, integers, integerCount, info, 1, 1)
    }
    (self.values, vectors) = Self.falling(values, a)
  }

  /// - Throws: `linearAlgebra.eigen` as above, or where `metric` is not positive definite.
  public init(_ matrix: Matrix, metric: Matrix) throws {
    require(
      matrix.rows == metric.rows && matrix.columns == metric.columns,
      "eigenvectors of \(matrix.rows) and \(metric.rows) rows")
    var n = Self.order(matrix)
    var type: Int32 = 1
    var (a, b) = (matrix.values, metric.values)
    var values = [Double](repeating: 0, count: matrix.rows)
    try Self.solve("a pair of matrices", order: matrix.rows) {
      work, workCount, integers, integerCount, info in
      dsygvd_(
        &type, "V", "U", &n, &a, &n, &b, &n, &values, work, workCount, integers, integerCount,
        info, 1, 1)
    }
    (self.values, vectors) = Self.falling(values, a)
  }

  /// f(A) = Σ f(λᵢ) vᵢ vᵢᵀ.
  public func mapped(_ function: (Double) -> Double) -> Matrix {
    vectors.transposedTimes(vectors.scalingRows(values.map(function)))
  }

  private typealias Routine = (
    _ work: UnsafeMutablePointer<Double>, _ workCount: UnsafeMutablePointer<Int32>,
    _ integers: UnsafeMutablePointer<Int32>, _ integerCount: UnsafeMutablePointer<Int32>,
    _ info: UnsafeMutablePointer<Int32>
  ) -> Void

  private static func order(_ matrix: Matrix) -> Int32 {
    require(matrix.rows == matrix.columns, "eigenvectors of \(matrix.rows)x\(matrix.columns)")
    ThreadContext.ready()
    return Int32(matrix.rows)
  }

  /// Asks for the size of the work space, then computes.
  private static func solve(_ what: String, order: Int, _ routine: Routine) throws {
    guard order > 0 else { return }
    var (size, count, integerSize, integerCount, info) = (
      0.0, Int32(-1), Int32(0), Int32(-1), Int32(0)
    )
    routine(&size, &count, &integerSize, &integerCount, &info)
    count = Int32(size)
    integerCount = integerSize
    var work = [Double](repeating: 0, count: Int(count))
    var integers = [Int32](repeating: 0, count: Int(integerCount))
    routine(&work, &count, &integers, &integerCount, &info)
    guard info == 0 else {
      throw TributaryError(
        "linearAlgebra.eigen",
        "\(what) of order \(order) has no eigenvectors (LAPACK says \(info))",
        advice: Int(info) > order
          ? "add to the regularisation: the second matrix is not positive definite"
          : "are all values finite?")
    }
  }

  /// LAPACK's columns, rising, as rows, falling.
  private static func falling(_ values: [Double], _ columns: [Double]) -> ([Double], Matrix) {
    let order = values.count
    var vectors = Matrix(columns, rows: order, columns: order).rows(
      Array((0..<order).reversed()))
    for row in 0..<order {
      let largest = vectors.row(row).max { $0.magnitude < $1.magnitude } ?? 0
      guard largest < 0 else { continue }
      for column in 0..<order { vectors[row, column].negate() }
    }
    return (values.reversed(), vectors)
  }
}
