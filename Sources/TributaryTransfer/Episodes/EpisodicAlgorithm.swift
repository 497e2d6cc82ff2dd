internal import TributaryCore
internal import TributaryPlan
internal import TributaryTensor

/// How a task changes the parameters for good, and how the parameters are fitted to a task.
protocol EpisodicAlgorithm: Sendable {
  static var kind: EpisodesPlan.Algorithm { get }

  init(_ plan: EpisodesPlan)

  /// Along which the meta-step descends.
  func outcome(
    of episode: Episode, at parameters: ParameterTree<Tensor>, _ learner: EpisodicLearner,
    key: RandomKey
  ) throws -> TaskOutcome

  /// The parameters fitted to a task's support, for evaluation: with them the model itself classifies.
  func adapted(
    _ parameters: ParameterTree<Tensor>, to support: [EpisodeRow], _ learner: EpisodicLearner,
    key: RandomKey
  ) throws -> ParameterTree<Tensor>

  /// The scores of the queries, `[queries, ways]`, in their order. Default: those of the adapted model.
  ///
  /// - Parameter transductive: whether batch norms see all queries at once, or each with the support alone.
  func scores(
    of episode: Episode, at parameters: ParameterTree<Tensor>, _ learner: EpisodicLearner,
    transductive: Bool, key: RandomKey
  ) throws -> Tensor
}

/// What one task says in training.
struct TaskOutcome {
  var gradient: ParameterTree<Tensor>
  /// Mean cross-entropy, and how many rows were right: of the queries, or with Reptile of the inner batches.
  var loss: Float
  var hits: (correct: Int, counted: Int)
}

/// All algorithms. A new one is its file, its word in `EpisodesPlan.Algorithm` and its line here.
enum EpisodicAlgorithmRegistry {
  static let all: [any EpisodicAlgorithm.Type] = [
    ReptileTask.self, FOMAML.self, MAML.self, ANIL.self, PrototypicalNetwork.self,
  ]

  static func make(_ plan: EpisodesPlan) -> any EpisodicAlgorithm {
    guard let type = all.first(where: { $0.kind == plan.algorithm }) else {
      preconditionFailure("\(plan.algorithm) is not registered")
    }
    return type.init(plan)
  }
}

extension EpisodicAlgorithm {
  func scores(
    of episode: Episode, at parameters: ParameterTree<Tensor>, _ learner: EpisodicLearner,
    transductive: Bool, key: RandomKey
  ) throws -> Tensor {
    let own = try adapted(parameters, to: episode.support, learner, key: key)
    return try withoutGradient {
      try episode.grouped(transductive) { queries in
        let rows = (transductive ? [] : episode.support) + queries
        let logits = try learner.logits(own, learner.pool.batch(rows), key: nil)
        return logits.sliced(axis: 0, rows.count - queries.count..<rows.count)
      }
    }
  }
}

extension Episode {
  /// `scores` of all queries at once, or of one after the other.
  func grouped(_ together: Bool, _ scores: ([EpisodeRow]) throws -> Tensor) rethrows -> Tensor {
    guard !together else { return try scores(queries) }
    return .concatenated(try queries.map { try scores([$0]) }, axis: 0)
  }
}

extension EpisodicLearner {
  /// The gradient of `scores`' mean cross-entropy with the queries' labels.
  func queryOutcome(
    _ queries: EpisodeBatch, at parameters: ParameterTree<Tensor>,
    scores: (ParameterTree<Tensor>) throws -> Tensor
  ) throws -> TaskOutcome {
    var logits: Tensor?
    let (loss, gradient) = try valueAndGradient(
      of: { point in
        let scores = try scores(point)
        logits = scores.detached
        return softmaxCrossEntropy(scores, labels: queries.labels)
      }, at: parameters)
    guard let logits else { preconditionFailure("a loss comes from scores") }
    return TaskOutcome(
      gradient: gradient, loss: loss.item,
      hits: classificationHits(logits, labels: queries.labels))
  }
}
