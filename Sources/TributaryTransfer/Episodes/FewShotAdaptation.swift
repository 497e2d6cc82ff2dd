public import TributaryCore
public import TributaryModels
internal import TributaryNN
public import TributaryPlan
internal import TributaryTensor

/// A handful of labelled examples makes a personal model of one that was trained by episodes.
public struct FewShotAdaptation: Sendable {
  private let loaded: LoadedModel
  private let plan: EpisodesPlan
  private let freeze: FreezePlan

  /// - Parameter plan: the algorithm and its numbers where models are adapted.
  public init(_ loaded: LoadedModel, _ plan: EpisodesPlan, transfer: TransferPlan) throws {
    self.loaded = loaded
    self.plan = plan
    freeze = try FreezePlan(model: loaded.model, transfer: transfer)
  }

  /// All tensors of the personal model, a plain one: batch norms keep the statistics of `examples`.
  ///
  /// - Throws: `data.episodes` where a class of the model has no example.
  public func adapted(
    to examples: TrainingExamples, key: RandomKey = RandomKey(seed: 0)
  ) throws -> ParameterTree<HostTensor> {
    let pool = EpisodePool(examples)
    let support = pool.everything
    let missing = (0..<loaded.configuration.classes).filter { label in
      !support.contains { $0.label == label }
    }
    guard missing.isEmpty else {
      throw TributaryError(
        "data.episodes", "no example of class \(missing[0]) among the \(support.count)",
        advice: "give at least one example of each class")
    }
    let tensors = try loaded.tensors.mapValues { try Tensor($0) }
    let learner = EpisodicLearner(
      model: loaded.model, freeze: freeze,
      held: tensors.filter { name, _ in !freeze.trainable.contains(name) }, pool: pool)
    let parameters = try EpisodicAlgorithmRegistry.make(plan).adapted(
      tensors.filter { name, _ in freeze.trainable.contains(name) }, to: support, learner, key: key)
    let statistics = try learner.statistics(parameters, of: pool.batch(support))
    return tensors.merging(parameters).merging(statistics).mapValues { $0.host() }
  }
}

extension EpisodicLearner {
  /// The batch norms' running statistics as if they had only ever seen `batch`.
  ///
  /// A norm moves them by its momentum m towards the batch's, s: from 0 to m s, from 1 to (1 − m) + m s. Both passes
  /// see the same batch, so m and s follow.
  func statistics(
    _ parameters: ParameterTree<Tensor>, of batch: EpisodeBatch
  ) throws -> ParameterTree<Tensor> {
    let buffers = held.filter { name, _ in freeze.buffers.contains(name) }
    guard !buffers.isEmpty else { return [:] }
    func moved(from value: Float) throws -> [String: Tensor] {
      let start = holding(buffers.mapValues { .full($0.shape, value) })
      let pass = start.pass(parameters, key: nil)
      _ = try batch.logits(model, pass)
      return pass.bufferUpdates
    }
    return try withoutGradient {
      let (low, high) = (try moved(from: 0), try moved(from: 1))
      return ParameterTree(
        low.compactMap { name, low in high[name].map { (name, low / (1 - ($0 - low))) } })
    }
  }
}
