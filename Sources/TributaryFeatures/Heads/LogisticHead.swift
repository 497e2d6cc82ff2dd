internal import Foundation
public import TributaryTensor

/// Multinomial logistic regression at its optimum.
///
///     min  Σ_i ω_i · cross-entropy(W x_i + b, y_i) + λ/2 ‖W‖²
///
/// The intercept is not penalised. λ is scikit-learn's 1/C.
public enum LogisticHead {
  /// - Parameters:
  ///   - weights: ω, one an example; nil: 1 each.
  ///   - l2: λ; above 0, or the optimum may lie at infinity.
  public static func fit(
    _ features: Matrix, labels: [Int], classes: Int, weights: [Double]? = nil, l2: Double,
    iterations: Int = 1000
  ) -> LinearHead {
    let width = features.columns
    // The weights row by row, then the intercepts.
    func unpacked(_ point: [Double]) -> LinearHead {
      LinearHead(
        weight: Matrix(Array(point.prefix(classes * width)), rows: classes, columns: width),
        bias: Array(point.suffix(classes)))
    }
    let optimum = LBFGS(iterations: iterations).minimum(
      from: [Double](repeating: 0, count: classes * (width + 1))
    ) { point in
      let head = unpacked(point)
      var (loss, residual) = crossEntropy(
        head.logits(features), labels: labels, weights: weights)
      loss += l2 / 2 * head.weight.values.reduce(0) { $0 + $1 * $1 }
      let slope = residual.transposedTimes(features) + head.weight * l2
      var intercepts = [Double](repeating: 0, count: classes)
      for row in 0..<residual.rows {
        for label in 0..<classes { intercepts[label] += residual[row, label] }
      }
      return (loss, slope.values + intercepts)
    }
    return unpacked(optimum)
  }

  /// The weighted sum of the losses, and its gradient by the logits.
  private static func crossEntropy(
    _ logits: Matrix, labels: [Int], weights: [Double]?
  ) -> (Double, Matrix) {
    var loss = 0.0
    var residual = logits
    for (row, label) in labels.enumerated() {
      let weight = weights?[row] ?? 1
      let largest = logits.row(row).max() ?? 0
      let sum = logits.row(row).reduce(0) { $0 + exp($1 - largest) }
      loss += weight * (log(sum) + largest - logits[row, label])
      for column in 0..<logits.columns {
        residual[row, column] = weight * exp(logits[row, column] - largest) / sum
      }
      residual[row, label] -= weight
    }
    return (loss, residual)
  }
}
