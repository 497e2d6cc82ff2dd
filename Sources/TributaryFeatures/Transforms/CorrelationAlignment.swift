public import TributaryTensor

/// CORAL (Sun, Feng & Saenko 2016, "Return of frustratingly easy domain adaptation", algorithm 1): the source's
/// features are whitened and given the target's covariance.
///
///     x ← C_S^{-1/2} C_T^{1/2} x        C = cov + λ I
///
/// λ is the paper's 1. Only covariances are needed of the target: from clients' statistics they are exact.
public struct CorrelationAlignment: Sendable {
  private let map: Matrix

  /// - Throws: `linearAlgebra.eigen`.
  public init(sourceCovariance: Matrix, targetCovariance: Matrix, regularization: Double = 1) throws
  {
    let whitening = try SymmetricEigen(sourceCovariance.addingToDiagonal(regularization))
      .mapped { 1 / $0.squareRoot() }
    let coloring = try SymmetricEigen(targetCovariance.addingToDiagonal(regularization))
      .mapped { $0.squareRoot() }
    map = whitening.times(coloring)
  }

  /// - Throws: `linearAlgebra.eigen`.
  public init(source: Matrix, target: Matrix, regularization: Double = 1) throws {
    try self.init(
      sourceCovariance: Self.covariance(source), targetCovariance: Self.covariance(target),
      regularization: regularization)
  }

  /// Source examples `[examples, width]` as the target's would be; the target's stay as they are.
  public func callAsFunction(_ source: Matrix) -> Matrix { source.times(map) }

  /// Divided by one less than the number of examples, as in the paper's code.
  private static func covariance(_ features: Matrix) -> Matrix {
    features.subtractingFromRows(features.columnMeans).gram
      * (1 / Double(max(1, features.rows - 1)))
  }
}
