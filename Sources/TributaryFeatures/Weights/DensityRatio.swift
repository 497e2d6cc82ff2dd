internal import Foundation
public import TributaryTensor

/// Weights of the source's examples from a classifier that tells the domains apart (Bickel, Brückner & Scheffer
/// 2007).
///
///     ω(x) = p(target | x) / p(source | x) · n_S / n_T
///
/// The classifier is logistic regression; its penalty keeps the weights from extremes.
public enum DensityRatio {
  /// ω, one a source example.
  ///
  /// - Parameter l2: of the classifier, as `LogisticHead`'s.
  public static func weights(source: Matrix, target: Matrix, l2: Double = 1) -> [Double] {
    let labels =
      [Int](repeating: 0, count: source.rows) + [Int](repeating: 1, count: target.rows)
    let head = LogisticHead.fit(
      source.stacked(on: target), labels: labels, classes: 2, l2: l2)
    let logits = head.logits(source)
    let balance = Double(source.rows) / Double(max(1, target.rows))
    return (0..<source.rows).map { exp(logits[$0, 1] - logits[$0, 0]) * balance }
  }
}
