internal import TributaryTensor

/// Ridge regression to one-hot targets, with an intercept that is not penalised (Hoerl & Kennard 1970).
///
///     W = Yᵀ X̃ (X̃ᵀ X̃ + λ I)⁻¹        b = ȳ − W x̄        X̃: X less its mean x̄
enum RidgeHead {
  /// - Parameter l2: λ.
  /// - Throws: `linearAlgebra.singular` for features that depend on one another and λ = 0.
  static func solve(_ statistics: FeatureStatistics, l2: Double) throws -> LinearHead {
    let (n, mean) = (statistics.count, statistics.mean)
    let center = Matrix(mean, rows: 1, columns: statistics.width)
    let shares = Matrix(statistics.counts, rows: statistics.classes, columns: 1)
    let scatter = statistics.products - center.transposedTimes(center) * n
    let crossed = statistics.sums - shares.times(center)
    let weight = try CholeskyFactor(scatter.addingToDiagonal(l2))
      .solve(crossed.transposed).transposed
    let offsets = weight.timesTransposed(center).values
    return LinearHead(
      weight: weight, bias: zip(statistics.counts, offsets).map { $0 / n - $1 })
  }
}
