internal import Foundation
public import TributaryTensor

/// LEEP (Nguyen et al. 2020, "LEEP: a new measure to evaluate transferability of learned representations"): how well
/// the source classifier's own classes foretell the target's labels; higher is better.
///
///     P(y, z) = 1/n Σ_{y_i=y} θ(x_i)_z        LEEP = 1/n Σ_i log Σ_z P(y_i | z) θ(x_i)_z
///
/// θ(x) are the source classifier's probabilities. Clients add up two things in turn: their joint counts, and with
/// P(y | z) known to all their sums of logarithms.
public enum LEEP {
  /// n P(y, z), `[classes, source classes]`: the first sum.
  public static func jointCounts(
    probabilities: Matrix, labels: [Int], classes: Int
  ) -> Matrix {
    var counts = Matrix(rows: classes, columns: probabilities.columns)
    for (row, label) in labels.enumerated() {
      for (column, value) in probabilities.row(row).enumerated() { counts[label, column] += value }
    }
    return counts
  }

  /// Σ_i log Σ_z P(y_i | z) θ(x_i)_z of some examples: the second sum.
  ///
  /// - Parameter jointCounts: summed over all examples of all clients.
  public static func logLikelihood(
    probabilities: Matrix, labels: [Int], jointCounts: Matrix
  ) -> Double {
    let totals = (0..<jointCounts.columns).map { column in
      (0..<jointCounts.rows).reduce(0) { $0 + jointCounts[$1, column] }
    }
    return labels.enumerated().reduce(0) { sum, entry in
      let likelihood = probabilities.row(entry.offset).enumerated().reduce(0) {
        totals[$1.offset] > 0
          ? $0 + $1.element * jointCounts[entry.element, $1.offset] / totals[$1.offset] : $0
      }
      return sum + log(max(likelihood, .leastNormalMagnitude))
    }
  }
}
