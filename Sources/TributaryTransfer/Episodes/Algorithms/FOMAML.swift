internal import TributaryCore
internal import TributaryPlan
internal import TributaryTensor

/// First-order model-agnostic meta-learning (Finn, Abbeel & Levine 2017, arXiv:1703.03400, section 5.2): the queries'
/// gradient where the inner steps led, ∇L_query(θ'), as if these were constants.
struct FOMAML: EpisodicAlgorithm {
  static let kind = EpisodesPlan.Algorithm.fomaml
  private let training: InnerLoop
  private let evaluation: InnerLoop

  init(_ plan: EpisodesPlan) {
    training = InnerLoop(plan)
    evaluation = InnerLoop(plan, evaluating: true)
  }

  func outcome(
    of episode: Episode, at parameters: ParameterTree<Tensor>, _ learner: EpisodicLearner,
    key: RandomKey
  ) throws -> TaskOutcome {
    let end = try training.descended(learner, from: parameters, on: episode.support, key: key)
    let queries = try learner.pool.batch(episode.queries)
    return try learner.queryOutcome(queries, at: end.parameters) {
      try learner.logits($0, queries, key: key.at("queries"))
    }
  }

  func adapted(
    _ parameters: ParameterTree<Tensor>, to support: [EpisodeRow], _ learner: EpisodicLearner,
    key: RandomKey
  ) throws -> ParameterTree<Tensor> {
    try evaluation.descended(learner, from: parameters, on: support, key: key).parameters
  }
}
