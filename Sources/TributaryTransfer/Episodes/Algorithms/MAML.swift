internal import TributaryCore
internal import TributaryPlan
internal import TributaryTensor

/// Model-agnostic meta-learning (Finn, Abbeel & Levine 2017, arXiv:1703.03400, algorithm 2), exactly: the gradient of
/// the queries' loss with respect to where the inner steps began, through these steps and so with second
/// derivatives.
///
///     θ' = θ − α ∇L_support(θ), once or more often        θ ← θ − β ∇_θ (1/n) Σ L_query(θ'_i)
struct MAML: DescendingAlgorithm {
  static let kind = EpisodesPlan.Algorithm.maml
  let loops: InnerLoops

  func outcome(
    of episode: Episode, at parameters: ParameterTree<Tensor>, _ learner: EpisodicLearner,
    key: RandomKey
  ) throws -> TaskOutcome {
    let support = try loops.training.batches(of: episode.support, key: key).map(learner.pool.batch)
    let queries = try learner.pool.batch(episode.queries)
    return try learner.queryOutcome(queries, at: parameters) { start in
      let end = try loops.training.unrolled(learner, from: start, on: support, key: key)
      return try learner.logits(end, queries, key: key.at("queries"))
    }
  }
}
