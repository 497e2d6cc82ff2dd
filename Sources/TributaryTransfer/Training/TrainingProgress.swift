public import TributaryCore
public import TributaryPlan
public import TributaryTensor

/// How far a training in one place has come: what has to be kept to go on after a crash.
public struct TrainingProgress {
  public var state: TrainingState
  /// The epochs that are done, with their metrics.
  public var epochs: [StoppingRule.Measured] = []
  /// The tensors that move as the best epoch left them, where the plan keeps those.
  public var best: ParameterTree<Tensor>?

  public init(state: TrainingState) { self.state = state }

  /// Notes the epoch that `state` ends.
  mutating func add(_ state: TrainingState, metrics: [String: Double], rule: StoppingRule) {
    self.state = state
    epochs.append((state.epochs, metrics))
    if rule.plan.keepsBest, rule.best(of: epochs) == state.epochs { best = state.moving }
  }
}
