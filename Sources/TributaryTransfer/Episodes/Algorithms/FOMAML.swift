internal import TributaryCore
internal import TributaryPlan
internal import TributaryTensor

/// First-order model-agnostic meta-learning (Finn, Abbeel & Levine 2017, arXiv:1703.03400, section 5.2): the queries'
/// gradient where the inner steps led, ∇L_query(θ'), as if these were constants.
struct FOMAML: DescendingAlgorithm {
  static let kind = EpisodesPlan.Algorithm.fomaml
  let loops: InnerLoops

  func outcome(
    of episode: Episode, at parameters: ParameterTree<Tensor>, _ learner: EpisodicLearner,
    key: RandomKey
  ) throws -> TaskOutcome {
    let end = try loops.training.descended(learner, from: parameters, on: episode.support, key: key)
    let queries = try learner.pool.batch(episode.queries)
    return try learner.queryOutcome(queries, at: end.parameters) {
      try learner.logits($0, queries, key: key.at("queries"))
    }
  }
}
