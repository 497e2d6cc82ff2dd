internal import Foundation
public import TributaryTensor

/// How much each feature tells of the class, in nats (Shannon 1948), from histograms.
///
///     I = Σ_{b,c} p(b, c) log( p(b, c) / (p(b) p(c)) )
///
/// A feature's bins hold equally many examples; equal values are in one bin.
public enum MutualInformation {
  public static func scores(
    _ features: Matrix, labels: [Int], classes: Int, bins: Int = 10
  ) -> [Double] {
    (0..<features.columns).map { column in
      let values = (0..<features.rows).map { features[$0, column] }
      return score(binned(values, bins), bins: bins, labels: labels, classes: classes)
    }
  }

  /// The bin of every value: bounded by the values at equally many ranks.
  static func binned(_ values: [Double], _ bins: Int) -> [Int] {
    let sorted = values.sorted()
    let bounds = (1..<bins).map { sorted[$0 * sorted.count / bins] }
    return values.map { value in bounds.count { value >= $0 } }
  }

  private static func score(
    _ bins: [Int], bins count: Int, labels: [Int], classes: Int
  ) -> Double {
    var joint = Matrix(rows: count, columns: classes)
    for (bin, label) in zip(bins, labels) { joint[bin, label] += 1 / Double(labels.count) }
    let rows = (0..<count).map { joint.row($0).reduce(0, +) }
    let columns = (0..<classes).map { label in (0..<count).reduce(0) { $0 + joint[$1, label] } }
    var sum = 0.0
    for bin in 0..<count {
      for label in 0..<classes where joint[bin, label] > 0 {
        sum += joint[bin, label] * log(joint[bin, label] / (rows[bin] * columns[label]))
      }
    }
    return max(0, sum)
  }
}
