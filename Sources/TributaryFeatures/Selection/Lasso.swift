public import TributaryTensor

/// L1-penalised least squares to one-hot targets (Tibshirani 1996), by coordinate descent on the products of
/// features (Friedman, Hastie & Tibshirani 2010), which clients' sums give exactly.
///
///     min  1/(2n) ‖Ỹ − X̃ Wᵀ‖² + λ Σ_c ‖w_c‖₁        X̃, Ỹ: less their means
public enum Lasso {
  /// W, `[classes, width]`.
  ///
  /// - Parameters:
  ///   - l1: λ.
  ///   - start: where descent begins: the weights of a λ nearby.
  public static func fit(
    _ statistics: FeatureStatistics, l1: Double, from start: Matrix? = nil, sweeps: Int = 1000
  ) -> Matrix {
    let n = statistics.count
    let covariance = statistics.covariance
    let crossed = crossCovariance(statistics)
    var weight = start ?? Matrix(rows: statistics.classes, columns: statistics.width)
    for label in 0..<statistics.classes where statistics.counts[label] > 0 && n > 0 {
      var w = Array(weight.row(label))
      // covariance · w, kept up to date.
      var fitted = Matrix(w, rows: 1, columns: w.count).times(covariance).values
      for _ in 0..<sweeps {
        var largest = 0.0
        for column in w.indices {
          let variance = covariance[column, column]
          guard variance > 1e-12 else { continue }
          let pull = crossed[label, column] - fitted[column] + variance * w[column]
          let next = (pull > l1 ? pull - l1 : pull < -l1 ? pull + l1 : 0) / variance
          let change = next - w[column]
          guard change != 0 else { continue }
          w[column] = next
          for (index, entry) in covariance.row(column).enumerated() {
            fitted[index] += change * entry
          }
          largest = max(largest, change.magnitude * variance.squareRoot())
        }
        if largest < 1e-9 { break }
      }
      for column in w.indices { weight[label, column] = w[column] }
    }
    return weight
  }

  /// A score a feature: its largest weight of any class at the largest λ at which at least `count` features are
  /// in use (λ falls by a tenth at a time).
  static func path(_ statistics: FeatureStatistics, until count: Int) -> [Double] {
    var l1 = crossCovariance(statistics).values.reduce(0) { max($0, $1.magnitude) }
    var weight = Matrix(rows: statistics.classes, columns: statistics.width)
    var scores = [Double](repeating: 0, count: statistics.width)
    for _ in 0..<200 where l1 > 0 {
      l1 *= 0.9
      weight = fit(statistics, l1: l1, from: weight)
      scores = (0..<statistics.width).map { column in
        (0..<statistics.classes).reduce(0) { max($0, weight[$1, column].magnitude) }
      }
      if scores.count(where: { $0 > 0 }) >= count { break }
    }
    return scores
  }

  /// The covariance of every class's indicator with every feature.
  private static func crossCovariance(_ statistics: FeatureStatistics) -> Matrix {
    let center = Matrix(statistics.mean, rows: 1, columns: statistics.width)
    let shares = Matrix(statistics.counts, rows: statistics.classes, columns: 1)
    return (statistics.sums - shares.times(center)) * (1 / max(statistics.count, 1))
  }
}
