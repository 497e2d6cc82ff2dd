internal import Foundation
internal import TributaryTensor

/// Linear discriminant analysis (Fisher 1936) with a covariance that is shrunk towards a multiple of the identity
/// (Ledoit & Wolf 2004).
///
///     Σ' = (1 − s) Σ + s tr(Σ)/d I        w_c = Σ'⁻¹ μ_c        b_c = log n_c/n − ½ μ_cᵀ Σ'⁻¹ μ_c
///
/// Σ is the covariance within the classes.
enum DiscriminantHead {
  /// - Parameter shrinkage: s, 0 to 1.
  /// - Throws: `linearAlgebra.singular` for features that depend on one another and s = 0.
  static func solve(_ statistics: FeatureStatistics, shrinkage: Double) throws -> LinearHead {
    let covariance = statistics.covarianceWithinClasses
    let spread = shrinkage * covariance.trace / Double(max(1, statistics.width))
    let means = statistics.classMeans
    let weight = try CholeskyFactor((covariance * (1 - shrinkage)).addingToDiagonal(spread))
      .solve(means.transposed).transposed
    let bias = (0..<statistics.classes).map { label -> Double in
      guard statistics.counts[label] > 0 else { return LinearHead.impossible }
      let energy = zip(weight.row(label), means.row(label)).reduce(0) { $0 + $1.0 * $1.1 }
      return log(statistics.counts[label] / statistics.count) - energy / 2
    }
    return LinearHead(weight: weight, bias: bias)
  }
}
