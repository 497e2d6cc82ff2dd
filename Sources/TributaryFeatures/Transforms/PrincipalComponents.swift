public import TributaryTensor

/// Principal component analysis (Pearson 1901): the directions of largest variance.
///
/// From summed statistics it is the analysis of all clients' examples together, exactly.
public struct PrincipalComponents: Sendable {
  /// The mean of the examples, `[width]`.
  public let mean: [Double]
  /// `[count, width]`, of length 1, the largest variance first.
  public let directions: Matrix
  /// The variances along them (divided by the number of examples).
  public let variances: [Double]

  /// - Throws: `features.empty`, `linearAlgebra.eigen`.
  public init(_ statistics: FeatureStatistics, count: Int) throws {
    try statistics.requireExamples()
    let eigen = try SymmetricEigen(statistics.covariance)
    let kept = min(max(count, 1), statistics.width)
    mean = statistics.mean
    directions = eigen.vectors.rows(Array(0..<kept))
    variances = eigen.values.prefix(kept).map { max(0, $0) }
  }

  /// - Throws: as above.
  public init(_ features: Matrix, count: Int) throws {
    // Of centred features, or a large mean would cost digits.
    let mean = features.columnMeans
    let centered = features.subtractingFromRows(mean)
    let eigen = try SymmetricEigen(centered.gram * (1 / Double(max(1, features.rows))))
    let kept = min(max(count, 1), features.columns)
    self.mean = mean
    directions = eigen.vectors.rows(Array(0..<kept))
    variances = eigen.values.prefix(kept).map { max(0, $0) }
  }

  /// The coordinates of examples along the directions, `[examples, count]`.
  public func callAsFunction(_ features: Matrix) -> Matrix {
    features.subtractingFromRows(mean).timesTransposed(directions)
  }
}
