public import TributaryPlan

/// When a run has seen enough, and which round was its best: by one metric of the rounds.
///
/// A metric whose name ends with `loss` or `variance` is better when lower, any other when higher. Rounds without it
/// (not evaluated) do not count.
public struct StoppingRule: Sendable, Equatable {
  public let plan: StoppingPlan

  public init(_ plan: StoppingPlan) { self.plan = plan }

  /// A round and its metrics.
  public typealias Measured = (round: Int, metrics: [String: Double])

  /// The first of the rounds with the best value; nil where none has one.
  public func best(of rounds: [Measured]) -> Int? { trace(rounds).best?.round }

  /// Why no further round is needed; nil where it is.
  public func reasonToStop(after rounds: [Measured]) -> String? {
    let trace = trace(rounds)
    guard let best = trace.best else { return nil }
    if let target = plan.target, isReached(best.value, target) {
      return "\(plan.metric) reached \(target) in round \(best.round)"
    }
    if let patience = plan.patience, trace.sinceBest >= patience {
      return
        "\(plan.metric) has not improved in \(trace.sinceBest) evaluations since round \(best.round)"
    }
    return nil
  }

  private func trace(_ rounds: [Measured]) -> (
    best: (round: Int, value: Double)?, sinceBest: Int
  ) {
    var best: (round: Int, value: Double)?
    var sinceBest = 0
    for (round, metrics) in rounds {
      guard let value = metrics[plan.metric], value.isFinite else { continue }
      if let former = best?.value, !isBetter(value, than: former) {
        sinceBest += 1
      } else {
        (best, sinceBest) = ((round, value), 0)
      }
    }
    return (best, sinceBest)
  }

  private var isLowerBetter: Bool {
    let name = plan.metric.lowercased()
    return name.hasSuffix("loss") || name.hasSuffix("variance")
  }

  private func isBetter(_ value: Double, than former: Double) -> Bool {
    isLowerBetter
      ? value < former - plan.minimumChange : value > former + plan.minimumChange
  }

  func isReached(_ value: Double, _ target: Double) -> Bool {
    isLowerBetter ? value <= target : value >= target
  }
}
