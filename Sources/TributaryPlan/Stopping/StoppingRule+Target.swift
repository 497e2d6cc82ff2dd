extension StoppingRule {
  /// The first of the rounds whose metric is as good as the plan's target: the field's "rounds to target"; nil where
  /// none is, or there is no target.
  public func firstReachingTarget(of rounds: [Measured]) -> Int? {
    guard let target = plan.target else { return nil }
    return rounds.first { $0.metrics[plan.metric].map { isReached($0, target) } ?? false }?.round
  }
}
