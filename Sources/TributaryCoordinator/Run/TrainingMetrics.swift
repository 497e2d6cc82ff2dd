internal import TributaryFederation

/// The clients' own measurements as the round's.
enum TrainingMetrics {
  /// `trainLoss` and `trainAccuracy`: means weighted by examples, of the clients that report them.
  ///
  /// `contributions` must come in an order that does not depend on arrival.
  static func mean(of contributions: [Contribution]) -> [String: Double] {
    var result: [String: Double] = [:]
    for (name, reported) in [("trainLoss", "loss"), ("trainAccuracy", "accuracy")] {
      let values = contributions.compactMap { contribution in
        contribution.metrics[reported].flatMap { value in
          value.isFinite ? (value, Double(contribution.exampleCount)) : nil
        }
      }
      let weight = values.reduce(0) { $0 + $1.1 }
      if weight > 0 { result[name] = values.reduce(0) { $0 + $1.0 * $1.1 } / weight }
    }
    return result
  }
}
