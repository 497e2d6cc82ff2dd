internal import Foundation
internal import TributaryTensor

/// LogME (You et al. 2021, "LogME: practical assessment of pre-trained models for transfer learning"): the log
/// evidence of the labels under Bayesian linear regression on the features, an example and class; higher is better.
///
///     log p(y | F) = max_{α,β}  D/2 log α + n/2 log β − β/2 ‖F m − y‖² − α/2 ‖m‖² − ½ log |α I + β Fᵀ F| − n/2 log 2π
///
/// m is the posterior mean. Only Fᵀ F, Fᵀ y and the classes' counts enter: from clients' sums it is what the pooled
/// examples would give. α and β by MacKay's fixed-point iteration (algorithm 3).
public enum LogME {
  /// - Throws: `features.empty`, `linearAlgebra.eigen`.
  public static func score(_ statistics: FeatureStatistics) throws -> Double {
    try statistics.requireExamples()
    let eigen = try SymmetricEigen(statistics.products)
    let squares = eigen.values.map { max(0, $0) }
    let floor = 1e-12 * (squares.first ?? 0)
    // Of every class's indicator, the squared length along each left singular vector of F.
    let rotated = statistics.sums.timesTransposed(eigen.vectors)
    let present = (0..<statistics.classes).filter { statistics.counts[$0] > 0 }
    let evidence = present.map { label in
      let along = zip(rotated.row(label), squares).map { $1 > floor ? $0 * $0 / $1 : 0 }
      let beyond = max(0, statistics.counts[label] - along.reduce(0, +))
      return Self.evidence(
        squares: squares, along: along, beyond: beyond, count: statistics.count)
    }
    return evidence.reduce(0, +) / Double(present.count)
  }

  /// The largest evidence of one regression, an example.
  ///
  /// - Parameters:
  ///   - squares: the squared singular values of F, all D of them.
  ///   - along: the squared lengths of y along the left singular vectors.
  ///   - beyond: the squared length of y across all of them.
  private static func evidence(
    squares: [Double], along: [Double], beyond: Double, count n: Double
  ) -> Double {
    var (alpha, beta, evidence) = (1.0, 1.0, 0.0)
    for _ in 0..<100 {
      let ratio = alpha / beta
      let freedom = squares.reduce(0) { $0 + $1 / ($1 + ratio) }
      let length = zip(squares, along).reduce(0) { $0 + $1.0 * $1.1 / pow($1.0 + ratio, 2) }
      let error = beyond + zip(squares, along).reduce(0) { $0 + $1.1 / pow(1 + $1.0 / ratio, 2) }
      alpha = freedom / (length + 1e-5)
      beta = (n - freedom) / (error + 1e-5)
      let next = alpha / beta
      evidence =
        Double(squares.count) / 2 * log(alpha) + n / 2 * log(beta) - beta / 2 * error
        - alpha / 2 * length - squares.reduce(0) { $0 + log(alpha + beta * $1) } / 2
        - n / 2 * log(2 * .pi)
      if (next - ratio).magnitude <= 1e-5 * ratio { break }
    }
    return evidence / n
  }
}
