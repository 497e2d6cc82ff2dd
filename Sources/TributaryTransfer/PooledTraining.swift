public import TributaryCore
public import TributaryData
internal import TributaryModels
internal import TributaryPlan
internal import TributaryTensor

/// Training on one data set in one place: pretraining, or the yardstick for a federation.
public struct PooledTraining: Sendable {
  public let prepared: PreparedRun

  public init(_ prepared: PreparedRun) { self.prepared = prepared }

  public struct Outcome: Sendable {
    /// All tensors of the model, trained and frozen.
    public var tensors: ParameterTree<HostTensor>
    /// Over the last epoch.
    public var loss: Double
    public var accuracy: Double
  }

  /// Trains by the plan's `local` section on `dataset`, whose labels have been checked.
  public func run(
    on dataset: Dataset, watch: LocalTrainer.Watch = LocalTrainer.Watch()
  ) throws -> Outcome {
    let plan = prepared.plan
    let source = try ExampleSource(
      dataset, for: prepared.loaded, maximumTokens: plan.data.text.maximumTokens)
    let (shared, fixedTensors) = prepared.initial
    // In one place nothing is kept from anybody.
    let all = shared.merging(fixedTensors)
    let moving = all.filter { name, _ in prepared.freeze.moves(name) }
    let frozen = all.filter { name, _ in !prepared.freeze.moves(name) }
    let model = prepared.loaded.model
    let fixed = try frozen.mapValues { try Tensor($0) }
    var examples = TrainingExamples(source)
    if prepared.freeze.isHeadOnly {
      examples = examples.with(
        features: try Inference(
          model: model, parameters: fixed, threads: plan.local.threads,
          precision: plan.local.precision.compute,
          isCancelled: watch.isCancelled
        )
        .features(of: examples, batchSize: plan.evaluation.batchSize))
    }
    if plan.transfer.head.kind != .softmax {
      return try solved(frozen, moving: moving, examples: examples, isCancelled: watch.isCancelled)
    }
    let result = try LocalTrainer(model: model, freeze: prepared.freeze, plan: plan.local).train(
      moving: try moving.mapValues { try Tensor($0) }, frozen: fixed, examples: examples,
      key: plan.randomKey.at("pooled"), watch: watch)
    return Outcome(
      tensors: try prepared.freeze.merged(
        frozen.merging(result.moving.mapValues { $0.host() })), loss: result.loss,
      accuracy: result.accuracy)
  }

  /// The classifier at its optimum, measured on the examples it was found from.
  private func solved(
    _ frozen: ParameterTree<HostTensor>, moving: ParameterTree<HostTensor>,
    examples: TrainingExamples, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Outcome {
    let (plan, model) = (prepared.plan, prepared.loaded.model)
    let layer = try LinearClassifier(of: model)
    let tensors = frozen.merging(moving).merging(
      layer.tensors(try layer.head(plan.transfer.head, examples: examples)))
    let evaluation = try Inference(
      model: model, parameters: tensors.mapValues { try Tensor($0) }, threads: plan.local.threads,
      isCancelled: isCancelled
    ).evaluate(examples, batchSize: plan.evaluation.batchSize)
    return Outcome(tensors: tensors, loss: evaluation.loss, accuracy: evaluation.accuracy)
  }
}
