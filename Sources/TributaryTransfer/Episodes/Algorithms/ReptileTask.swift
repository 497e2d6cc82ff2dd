internal import TributaryCore
internal import TributaryPlan
internal import TributaryTensor

/// Reptile's half of a task (Nichol, Achiam & Schulman 2018, arXiv:1803.02999): the task is trained on, and the
/// meta-step goes towards where that led.
///
///     φ ← φ + ε · (1/n) Σ (W_i − φ)
///
/// The gradient is φ − W_i, so ε is the learning rate of plain SGD. Queries play no part in training. Unlike the
/// authors' code, a task's Adam starts afresh.
struct ReptileTask: DescendingAlgorithm {
  static let kind = EpisodesPlan.Algorithm.reptile
  let loops: InnerLoops

  func outcome(
    of episode: Episode, at parameters: ParameterTree<Tensor>, _ learner: EpisodicLearner,
    key: RandomKey
  ) throws -> TaskOutcome {
    let end = try loops.training.descended(learner, from: parameters, on: episode.support, key: key)
    let gradient = withoutGradient {
      parameters.compactMap { name, start in end.parameters[name].map { start - $0 } }
    }
    return TaskOutcome(gradient: gradient, loss: end.loss, hits: end.hits)
  }
}
