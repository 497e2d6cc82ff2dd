internal import Foundation
public import TributaryTensor

/// Boosting for transfer learning (Dai, Yang, Xue & Yu 2007): a few labelled examples of the target decide which of the
/// source's are worth learning from.
///
/// In every iteration a classifier is fitted to both by weight. A source example that it gets wrong counts less from
/// then on, a target example more:
///
///     source: w ← w β        β = 1 / (1 + √(2 ln n_S / N))
///     target: w ← w / β_t    β_t = ε_t / (1 − ε_t), ε_t the weighted error on the target
///
/// The later half of the classifiers votes, each with ln(1 / β_t).
public struct TrAdaBoost {
  public typealias Classifier = (Matrix) -> [Int]
  /// Fits a classifier to weighted examples.
  public typealias Learner = (
    _ features: Matrix, _ labels: [Int], _ weights: [Double]
  ) throws -> Classifier

  /// N
  public var iterations: Int

  /// Beyond it the bound of the paper does not hold; and nobody's word is worth infinitely much.
  private static let errors = 1e-6...0.499

  public init(iterations: Int = 20) { self.iterations = iterations }

  /// A classifier for the target, and the weights of the source's and the target's examples at the end, of mean 1.
  ///
  /// - Parameter labels: below `classes`, first the source's, then the target's.
  public func fit(
    source: Matrix, target: Matrix, labels: [Int], classes: Int, learner: Learner
  ) rethrows -> (classifier: Classifier, weights: [Double]) {
    let all = source.stacked(on: target)
    let own = source.rows..<all.rows
    let shrinking =
      1 / (1 + (2 * log(Double(max(1, source.rows))) / Double(iterations)).squareRoot())
    var weights = [Double](repeating: 1, count: all.rows)
    var voters: [(classifier: Classifier, say: Double)] = []
    for iteration in 0..<iterations {
      let classifier = try learner(all, labels, weights)
      let isWrong = zip(classifier(all), labels).map { $0 != $1 }
      let error =
        own.reduce(0) { $0 + (isWrong[$1] ? weights[$1] : 0) }
        / own.reduce(0) { $0 + weights[$1] }
      let bounded = min(max(error, Self.errors.lowerBound), Self.errors.upperBound)
      let odds = bounded / (1 - bounded)
      for row in weights.indices where isWrong[row] {
        weights[row] *= own.contains(row) ? 1 / odds : shrinking
      }
      let mean = weights.reduce(0, +) / Double(weights.count)
      weights = weights.map { $0 / mean }
      if iteration >= iterations / 2 { voters.append((classifier, -log(odds))) }
    }
    return ({ Self.vote(voters, on: $0, classes: classes) }, weights)
  }

  private static func vote(
    _ voters: [(classifier: Classifier, say: Double)], on examples: Matrix, classes: Int
  ) -> [Int] {
    var scores = [[Double]](
      repeating: [Double](repeating: 0, count: classes), count: examples.rows)
    for voter in voters {
      for (row, label) in voter.classifier(examples).enumerated() {
        scores[row][label] += voter.say
      }
    }
    return scores.map { row in
      row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }
    }
  }
}
