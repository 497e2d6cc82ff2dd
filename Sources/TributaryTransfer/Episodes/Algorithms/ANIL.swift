internal import TributaryCore
internal import TributaryModels
internal import TributaryPlan
internal import TributaryTensor

/// Almost no inner loop (Raghu, Raghu, Bengio & Vinyals 2020, arXiv:1909.09157): MAML whose inner steps move the
/// classifier alone, on features computed once; the queries' gradient reaches everything, through these steps.
struct ANIL: DescendingAlgorithm {
  static let kind = EpisodesPlan.Algorithm.anil
  let loops: InnerLoops

  func outcome(
    of episode: Episode, at parameters: ParameterTree<Tensor>, _ learner: EpisodicLearner,
    key: RandomKey
  ) throws -> TaskOutcome {
    let support = try learner.pool.batch(episode.support)
    let queries = try learner.pool.batch(episode.queries)
    return try learner.queryOutcome(queries, at: parameters) { start in
      let end = try unrolled(loops.training, from: start, on: support, learner, key: key)
      return try learner.logits(end, queries, key: key.at("queries"))
    }
  }

  func adapted(
    _ parameters: ParameterTree<Tensor>, to support: [EpisodeRow], _ learner: EpisodicLearner,
    key: RandomKey
  ) throws -> ParameterTree<Tensor> {
    let batch = try learner.pool.batch(support)
    return try unrolled(loops.evaluation, from: parameters, on: batch, learner, key: key)
      .mapValues(\.detached)
  }

  private func unrolled(
    _ loop: InnerLoop, from start: ParameterTree<Tensor>, on support: EpisodeBatch,
    _ learner: EpisodicLearner, key: RandomKey
  ) throws -> ParameterTree<Tensor> {
    let isHead = learner.model.headTensorNames.contains
    let body = start.filter { name, _ in !isHead(name) }
    let features = try learner.features(start, support, key: key.at("features"))
    let batch = EpisodeBatch(input: .features(features), labels: support.labels)
    let head = try loop.unrolled(
      learner.holding(body), from: start.filter { name, _ in isHead(name) },
      on: [EpisodeBatch](repeating: batch, count: loop.steps), key: key)
    return body.merging(head)
  }
}
