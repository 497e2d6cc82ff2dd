public import TributaryCore
public import TributaryData
internal import TributaryModels
internal import TributaryPlan

/// Measures a run's global model on the run's test examples, prepared once.
public struct TestEvaluator: Sendable {
  private let prepared: PreparedRun
  private let source: ExampleSource
  /// Where the run learns by episodes: the meta-test's.
  private let episodes: EpisodicEvaluator?

  /// - Throws: `data.label` and such where `test` does not fit the plan's task.
  public init(_ prepared: PreparedRun, test: Dataset) throws {
    _ = try test.requireLabels(within: prepared.plan.task)
    self.prepared = prepared
    episodes = try prepared.plan.transfer.episodes.map {
      try EpisodicEvaluator(prepared, $0, test: test)
    }
    source = try ExampleSource(
      test, for: prepared.loaded, maximumTokens: prepared.plan.data.text.maximumTokens)
  }

  /// `accuracy`, `loss` and `macroF1` of the model with these tensors, moving and frozen; with episodes `accuracy`
  /// and `loss` of their queries, and `accuracyConfidence`.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` says so.
  public func measure(
    _ tensors: ParameterTree<HostTensor>,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [String: Double] {
    if let episodes { return try episodes.measure(tensors, isCancelled: isCancelled).metrics }
    return try evaluate(tensors, isCancelled: isCancelled).metrics
  }

  /// Whether the model is measured by what it learns in episodes, not as it is.
  public var isEpisodic: Bool { episodes != nil }

  /// The model as it is, with the confusion matrix.
  public func evaluate(
    _ tensors: ParameterTree<HostTensor>,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Evaluation {
    try Inference(
      model: prepared.loaded.model, tensors: prepared.freeze.merged(tensors),
      isCancelled: isCancelled
    )
    .evaluate(source, batchSize: prepared.plan.evaluation.batchSize)
  }
}
