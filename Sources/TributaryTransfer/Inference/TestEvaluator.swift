public import TributaryCore
public import TributaryData
internal import TributaryModels
internal import TributaryPlan

/// Measures a run's global model on the run's test examples, prepared once.
public struct TestEvaluator: Sendable {
  private let prepared: PreparedRun
  private let source: ExampleSource

  /// - Throws: `data.label` and such where `test` does not fit the plan's task.
  public init(_ prepared: PreparedRun, test: Dataset) throws {
    _ = try test.requireLabels(within: prepared.plan.task)
    self.prepared = prepared
    source = try ExampleSource(
      test, for: prepared.loaded, maximumTokens: prepared.plan.data.text.maximumTokens)
  }

  /// `accuracy`, `loss` and `macroF1` of the model with these tensors, moving and frozen.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` says so.
  public func measure(
    _ tensors: ParameterTree<HostTensor>,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [String: Double] {
    try evaluate(tensors, isCancelled: isCancelled).metrics
  }

  /// The same with the confusion matrix.
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
