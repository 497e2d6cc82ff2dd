/// When a run has seen enough, and which round was its best: by one metric of the rounds.
///
/// A metric whose name ends with `loss` or `variance` is better when lower, any other when higher. Rounds without it
/// (not evaluated) do not count.
public struct StoppingRule: Sendable, Equatable {
  public let plan: StoppingPlan

  public init(_ plan: StoppingPlan) { self.plan = plan }

  /// A round and its metrics.
  public typealias Measured = (round: Int, metrics: [String: Double])

  /// The first of the rounds with the best value, by however little; nil where none has one.
  public func best(of rounds: [Measured]) -> Int? {
    var best: (round: Int, value: Double)?
    for (round, value) in values(of: rounds) {
      if let former = best?.value, !isBetter(value, than: former) { continue }
      best = (round, value)
    }
    return best?.round
  }

  /// Why no further round is needed; nil where it is.
  public func reasonToStop(after rounds: [Measured]) -> String? {
    if let target = plan.target, let round = firstReachingTarget(of: rounds) {
      return "\(plan.metric) reached \(target) in round \(round)"
    }
    let (round, since) = lastImprovement(in: rounds)
    guard let patience = plan.patience, since >= patience else { return nil }
    return "\(plan.metric) has not improved in \(since) evaluations since round \(round)"
  }

  /// The last round that was better than all before it by more than the smallest change that counts, and the
  /// evaluations since then.
  private func lastImprovement(in rounds: [Measured]) -> (round: Int, since: Int) {
    var reference: (round: Int, value: Double)?
    var since = 0
    for (round, value) in values(of: rounds) {
      if let former = reference?.value, !isBetter(value, than: former, by: plan.minimumChange) {
        since += 1
      } else {
        (reference, since) = ((round, value), 0)
      }
    }
    return (reference?.round ?? 0, since)
  }

  private func values(of rounds: [Measured]) -> [(round: Int, value: Double)] {
    rounds.compactMap { round, metrics in
      metrics[plan.metric].flatMap { $0.isFinite ? (round, $0) : nil }
    }
  }

  private var isLowerBetter: Bool { Self.isLowerBetter(plan.metric) }

  /// Whether a metric called so is better when lower.
  static func isLowerBetter(_ metric: String) -> Bool {
    let name = metric.lowercased()
    return name.hasSuffix("loss") || name.hasSuffix("variance")
  }

  private func isBetter(_ value: Double, than former: Double, by change: Double = 0) -> Bool {
    isLowerBetter ? value < former - change : value > former + change
  }

  func isReached(_ value: Double, _ target: Double) -> Bool {
    isLowerBetter ? value <= target : value >= target
  }
}
