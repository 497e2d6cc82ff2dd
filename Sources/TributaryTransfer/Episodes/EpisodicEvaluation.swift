public import TributaryCore
public import TributaryData
public import TributaryPlan
internal import TributaryModels
internal import TributaryTensor

/// A model measured on episodes: fitted to each one's support, it classifies the queries.
public struct EpisodicEvaluation: Sendable, Equatable {
  /// Of the queries' labels, one an episode: the share that was right.
  public var accuracies: [Double]
  /// Mean cross-entropy of the queries in nats.
  public var loss: Double

  /// The mean over the episodes.
  public var accuracy: Double { accuracies.reduce(0, +) / Double(max(1, accuracies.count)) }

  /// Half the width of the mean's 95 % confidence interval: 1.96 standard errors.
  public var confidence: Double {
    let (count, mean) = (Double(accuracies.count), accuracy)
    guard count > 1 else { return 0 }
    let squares = accuracies.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return 1.96 * (squares / (count - 1) / count).squareRoot()
  }

  public var metrics: [String: Double] {
    ["accuracy": accuracy, "accuracyConfidence": confidence, "loss": loss]
  }
}

/// The episodes of a meta-test, prepared once.
public struct EpisodicEvaluator: Sendable {
  private let prepared: PreparedRun
  private let plan: EpisodesPlan
  private let pool: EpisodePool

  /// - Throws: `data.episodes` where no episode can be drawn from `test`.
  public init(_ prepared: PreparedRun, _ plan: EpisodesPlan, test: Dataset) throws {
    self.prepared = prepared
    self.plan = plan
    let source = try ExampleSource(
      test, for: prepared.loaded, maximumTokens: prepared.plan.data.text.maximumTokens)
    pool = EpisodePool(TrainingExamples(source))
    _ = try episode(0)
  }

  /// Measures `tensors`, moving and frozen, on `plan.evaluationEpisodes` episodes drawn from the run's seed, on
  /// `threads` threads; the result does not depend on their number.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` says so.
  public func measure(
    _ tensors: ParameterTree<HostTensor>, threads: Int = Inference.allCores,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> EpisodicEvaluation {
    let all = try tensors.mapValues { try Tensor($0) }
    let freeze = prepared.freeze
    let parameters = all.filter { name, _ in freeze.trainable.contains(name) }
    let learner = EpisodicLearner(
      model: prepared.loaded.model, freeze: freeze,
      held: all.filter { name, _ in !freeze.trainable.contains(name) }, pool: pool)
    let algorithm = EpisodicAlgorithmRegistry.make(plan)
    let precision = prepared.plan.local.precision.compute
    let results = try Inference(
      model: learner.model, parameters: [:], threads: threads, isCancelled: isCancelled
    ).map((0..<plan.evaluationEpisodes).map { [$0] }) { batch in
      try precision.within {
        let index = batch[0]
        let episode = try episode(index)
        let scores = try algorithm.scores(
          of: episode, at: parameters, learner, transductive: plan.transductive,
          key: key(index).at("task"))
        let labels = Tensor(
          episode.queries.map { Int32($0.label) }, shape: [episode.queries.count])
        let hits = classificationHits(scores, labels: labels)
        return (
          Double(hits.correct) / Double(hits.counted),
          Double(softmaxCrossEntropy(scores, labels: labels).item)
        )
      }
    }
    return EpisodicEvaluation(
      accuracies: results.map(\.0),
      loss: results.reduce(0) { $0 + $1.1 } / Double(results.count))
  }

  private func key(_ index: Int) -> RandomKey {
    prepared.plan.randomKey.at("meta-test").at(index)
  }

  private func episode(_ index: Int) throws -> Episode {
    try pool.episode(
      ways: plan.ways, shots: plan.shots, queries: plan.queries, key: key(index))
  }
}
