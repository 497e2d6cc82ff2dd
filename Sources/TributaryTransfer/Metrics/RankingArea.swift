/// The area under the receiver operating characteristic: how often a positive example scores above a negative one,
/// ties counting half (Hanley & McNeil 1982).
enum RankingArea {
  /// - Returns: nil where one of the kinds is missing.
  static func area(scores: [Float], isPositive: [Bool]) -> Double? {
    let positives = isPositive.count { $0 }
    let negatives = isPositive.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var ranks = 0.0
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      // Those of one score share the mean of their ranks.
      let rank = Double(start + end + 1) / 2
      ranks += rank * Double(order[start..<end].count { isPositive[$0] })
      start = end
    }
    let least = Double(positives) * Double(positives + 1) / 2
    return (ranks - least) / (Double(positives) * Double(negatives))
  }

  /// Of several classes: each against the rest, the plain mean over the classes that have both kinds (scikit-learn's
  /// `multi_class="ovr"`, `average="macro"`); of two, the second's.
  ///
  /// - Parameter probabilities: one row an example, one column a class.
  static func area(probabilities: [[Float]], labels: [Int], classes: Int) -> Double? {
    let judged = classes == 2 ? [1] : Array(0..<classes)
    let areas = judged.compactMap { label in
      area(scores: probabilities.map { $0[label] }, isPositive: labels.map { $0 == label })
    }
    return areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count)
  }
}
