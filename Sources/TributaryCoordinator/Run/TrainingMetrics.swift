internal import TributaryFederation

/// The clients' own measurements as the round's.
enum TrainingMetrics {
  /// `trainLoss` and `trainAccuracy`: means weighted by examples, of the clients that report them. Where clients hold
  /// examples out, the spread over clients of the accuracies of the model as received and of each one's own.
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
    for name in ["global", "personal", "tuned", "scratch", "head", "kept"].map({ $0 + "Accuracy" })
    {
      result.merge(spread(of: contributions.compactMap { $0.metrics[name] }, called: name)) { $1 }
    }
    let negative = contributions.compactMap { $0.metrics[negativeTransfer] }
    if !negative.isEmpty {
      result[negativeTransfer] = Double(negative.count { $0 > 0 }) / Double(negative.count)
    }
    // Figures that were finite may be none any more, summed up or squared: they are peers'.
    return result.filter { $0.value.isFinite }
  }

  /// A client's: 1 where it is better off without the transfer; all clients': the share of those.
  static let negativeTransfer = "negativeTransfer"

  /// How many rounds ago the updates' clients began: the mean, and the most.
  static func staleness(of contributions: [Contribution]) -> [String: Double] {
    let values = contributions.map { Double($0.staleness) }
    guard let most = values.max() else { return [:] }
    return ["staleness": values.reduce(0, +) / Double(values.count), "stalenessMaximum": most]
  }

  /// How a figure that is better when larger is spread over clients, each counting the same: its mean, the worst
  /// client's, the 10th percentile (linear between ranks) and the variance.
  static func spread(of values: [Double], called name: String) -> [String: Double] {
    let sorted = values.filter(\.isFinite).sorted()
    guard let worst = sorted.first else { return [:] }
    let count = Double(sorted.count)
    let mean = sorted.reduce(0, +) / count
    let rank = 0.1 * (count - 1)
    let below = sorted[Int(rank)]
    let above = sorted[min(Int(rank) + 1, sorted.count - 1)]
    return [
      name: mean, name + "Worst": worst,
      name + "P10": below + (above - below) * (rank - rank.rounded(.down)),
      name + "Variance": sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count,
    ]
  }
}
