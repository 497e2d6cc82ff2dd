internal import TributaryTensor

/// The H-score (Bao et al. 2019, "An information-theoretic approach to transferability in task transfer learning"):
/// how much of the features' variance is between the classes; higher is better.
///
///     H = tr( cov(x)⁺ cov(E[x | y]) )
///
/// From clients' sums it is what the pooled examples would give. With fewer examples than features it is C − 1
/// whatever the features, unless the covariance is shrunk (Ibrahim et al. 2022).
public enum HScore {
  /// - Parameter shrinkage: the share of the mean variance in the covariance, 0 to 1.
  /// - Throws: `features.empty`, `linearAlgebra.eigen`.
  public static func score(_ statistics: FeatureStatistics, shrinkage: Double = 0) throws -> Double
  {
    try statistics.requireExamples()
    let covariance = statistics.covariance
    let spread = shrinkage * covariance.trace / Double(max(1, statistics.width))
    let eigen = try SymmetricEigen((covariance * (1 - shrinkage)).addingToDiagonal(spread))
    let floor = 1e-9 * (eigen.values.first ?? 0)
    let inverse = eigen.mapped { $0 > floor ? 1 / $0 : 0 }
    let between = statistics.covarianceBetweenClasses
    return zip(inverse.values, between.values).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
