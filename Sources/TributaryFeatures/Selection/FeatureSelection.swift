internal import TributaryCore
public import TributaryPlan
internal import TributaryTensor

/// Which features tell the classes apart.
public enum FeatureSelection {
  /// The `count` best features in the order of their columns; of equal ones the first.
  ///
  /// - Throws: `features.empty`.
  public static func best(
    _ count: Int, of statistics: FeatureStatistics, by selection: HeadPlan.Selection
  ) throws -> [Int] {
    try statistics.requireExamples()
    let scores =
      switch selection {
      case .anova: varianceRatios(statistics)
      case .l1: Lasso.path(statistics, until: count)
      }
    return best(count, scores)
  }

  /// The columns of the `count` highest scores, rising.
  public static func best(_ count: Int, _ scores: [Double]) -> [Int] {
    scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(count).sorted()
  }

  /// F of a one-way analysis of variance for every feature: the variance between the classes' means over that
  /// within the classes.
  ///
  ///     F = (Σ_c n_c (μ_c − μ)² / (C − 1)) / (Σ_i (x_i − μ_{y_i})² / (n − C))
  ///
  /// From clients' sums exactly as from pooled examples.
  public static func varianceRatios(_ statistics: FeatureStatistics) -> [Double] {
    let (means, mean) = (statistics.classMeans, statistics.mean)
    let present = statistics.counts.count { $0 > 0 }
    let freedom = (Double(max(1, present - 1)), max(1, statistics.count - Double(present)))
    return (0..<statistics.width).map { column in
      var (between, explained) = (0.0, 0.0)
      for (label, count) in statistics.counts.enumerated() {
        let offset = means[label, column] - mean[column]
        between += count * offset * offset
        explained += count * means[label, column] * means[label, column]
      }
      let within = statistics.products[column, column] - explained
      // A constant feature has no variance of either kind.
      let floor = 1e-12 * max(statistics.products[column, column], .leastNonzeroMagnitude)
      guard within > floor else { return between > floor ? .infinity : 0 }
      return (between / freedom.0) / (within / freedom.1)
    }
  }
}
