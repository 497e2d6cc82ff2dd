public import TributaryCore
public import TributaryData
internal import TributaryModels
public import TributaryPlan
internal import TributaryTensor

/// Training on one data set in one place: fine-tuning, pretraining, or the yardstick for a federation.
///
/// A federation of one place, whose epochs are its rounds: `data.holdout` is measured after each of them, and
/// `federation.stopping` looks at those figures.
public struct PooledTraining: Sendable {
  public let prepared: PreparedRun
  /// The examples that epochs are judged by; nil: `data.holdout` of the training data.
  private let validation: Dataset?

  /// - Parameter validation: of `data.validation`, whose labels have been checked.
  public init(_ prepared: PreparedRun, validation: Dataset? = nil) {
    self.prepared = prepared
    self.validation = validation
  }

  /// An epoch that is done.
  public struct Epoch: Sendable {
    public var number: Int
    /// `trainLoss`, `trainAccuracy`; with a holdout `accuracy`, `loss`, ... of the examples that are held out.
    public var metrics: [String: Double]
  }

  public struct Outcome: Sendable {
    /// All tensors, trained and frozen, with adapters'.
    public var trained: ParameterTree<HostTensor>
    /// All tensors of the model without adapters.
    public var tensors: ParameterTree<HostTensor>
    /// Over the last epoch.
    public var loss: Double
    public var accuracy: Double
    /// Epochs that were done.
    public var epochs: Int
    /// The epoch whose model this is, where not the last one's.
    public var bestEpoch: Int?
    /// Why no further epoch was needed.
    public var stopReason: String?
    /// Where baselines were trained, what they and this model do on the examples that are held out (`LocalTask.metrics`;
    /// this model's is called `global`), and `negativeTransfer`.
    public var comparison: [String: Double] = [:]
  }

  /// Trains by the plan's `local` section on `dataset`, whose labels have been checked.
  ///
  /// - Parameters:
  ///   - target: examples of the target domain, for objectives and batch norms that adapt to it.
  ///   - record: where what is done is kept, and found again.
  ///   - pause: the epoch after which to pause; a later call with `record` goes on.
  ///   - epochEnded: called after every epoch.
  /// - Throws: `federation.stopping` where a metric is to decide and nothing is held out; what `LocalTrainer` and
  ///   `record` throw.
  public func run(
    on dataset: Dataset, target: Dataset? = nil, record: TrainingRecord? = nil,
    pausingAfter pause: Int = .max, watch: LocalTrainer.Watch = LocalTrainer.Watch(),
    epochEnded: @escaping (Epoch) -> Void = { _ in }
  ) throws -> Outcome {
    let plan = prepared.plan
    try Self.requireHoldout(plan)
    let (moving, fixed) = try beginning()
    let examples = try examples(dataset, backbone: fixed, watch)
    let other = try target.map {
      try TrainingExamples(
        ExampleSource($0, for: prepared.loaded, maximumTokens: plan.data.text.maximumTokens))
    }
    if plan.transfer.head.kind != .softmax {
      return try solved(fixed.merging(moving), examples, watch, epochEnded)
    }
    let rule = StoppingRule(plan.federation.stopping)
    var progress =
      try record?.read() ?? TrainingProgress(state: TrainingState(moving: moving))
    for (number, metrics) in progress.epochs { epochEnded(Epoch(number: number, metrics: metrics)) }
    var reason = rule.reasonToStop(after: progress.epochs)
    if reason == nil, progress.epochs.count < pause {
      do {
        _ = try prepared.trainer.train(
          moving: moving, frozen: fixed, examples: examples.training, target: other,
          key: plan.randomKey.at("pooled"), watch: watch, start: progress.state
        ) { state in
          let metrics = try measured(state, frozen: fixed, examples.heldOut, watch)
          progress.add(state, metrics: metrics, rule: rule)
          try record?.write(progress, isDue: true)
          epochEnded(Epoch(number: state.epochs, metrics: metrics))
          reason = rule.reasonToStop(after: progress.epochs)
          return reason == nil && state.epochs < pause
        }
      } catch is CancellationError {
        try record?.write(progress)
        throw CancellationError()
      }
    }
    try record?.write(progress)
    let last = progress.state
    let adapted = try prepared.trainer.adapted(
      progress.best ?? last.moving, frozen: fixed, to: other, isCancelled: watch.isCancelled)
    let trained = fixed.merging(adapted).mapValues { $0.host() }
    return Outcome(
      trained: trained, tensors: try prepared.freeze.merged(trained), loss: last.loss,
      accuracy: last.accuracy, epochs: last.epochs,
      bestEpoch: progress.best == nil ? nil : rule.best(of: progress.epochs), stopReason: reason,
      comparison: try compared(adapted, fixed, examples, watch))
  }

  /// What the examples held out say of the model and of the baselines; nothing where none are asked for.
  private func compared(
    _ moving: ParameterTree<Tensor>, _ frozen: ParameterTree<Tensor>,
    _ examples: (training: TrainingExamples, heldOut: TrainingExamples),
    _ watch: LocalTrainer.Watch
  ) throws -> [String: Double] {
    let epochs = prepared.plan.federation.personalize.baselineEpochs
    guard epochs > 0, examples.heldOut.count > 0 else { return [:] }
    let task = LocalTask(
      trainer: prepared.trainer, moving: moving, frozen: frozen, examples: examples.training,
      key: prepared.plan.randomKey.at("pooled"), watch: watch)
    var metrics = try task.metrics(of: ClosingModels(global: moving), on: examples.heldOut)
    metrics.merge(
      try task.metrics(of: task.baselines(epochs: epochs), on: examples.heldOut)
    ) { $1 }
    return metrics.merging(TransferVerdict(metrics)?.metrics(fallsBack: false) ?? [:]) { $1 }
  }

  /// What moves, and what does not, as training begins.
  func beginning() throws -> (moving: ParameterTree<Tensor>, frozen: ParameterTree<Tensor>) {
    let (shared, fixed) = prepared.initial
    // In one place nothing is kept from anybody.
    let all = try shared.merging(fixed).mapValues { try Tensor($0) }
    return (
      all.filter { name, _ in prepared.freeze.moves(name) },
      all.filter { name, _ in !prepared.freeze.moves(name) }
    )
  }

  /// - Throws: `federation.stopping` where it has nothing to judge epochs by.
  public static func requireHoldout(_ plan: RunPlan) throws {
    let stopping = plan.federation.stopping
    guard stopping.target != nil || stopping.patience != nil || stopping.keepsBest,
      plan.data.holdout == 0, plan.data.validation == nil
    else { return }
    throw TributaryError(
      "federation.stopping", "federation.stopping needs examples to judge epochs by",
      advice: "hold some of the training data out: data.holdout: 0.1")
  }

  /// What is trained on and what is held out; where only the classifier moves, with features computed once.
  func examples(
    _ dataset: Dataset, backbone: ParameterTree<Tensor>, _ watch: LocalTrainer.Watch
  ) throws -> (training: TrainingExamples, heldOut: TrainingExamples) {
    let plan = prepared.plan
    let source = try ExampleSource(
      dataset, for: prepared.loaded, maximumTokens: plan.data.text.maximumTokens,
      augment: plan.data.augment)
    let (training, heldOut) = Holdout(share: plan.data.holdout, client: try ClientID("pooled"))
      .split(Array(0..<source.count))
    func examples(_ source: ExampleSource, _ indices: [Int]) throws -> TrainingExamples {
      let examples = TrainingExamples(source, indices: indices)
      guard prepared.trainer.readsFeaturesAlone, examples.areConstant, !indices.isEmpty else {
        return examples
      }
      return examples.with(
        features: try inference(backbone, watch).features(
          of: examples, batchSize: plan.evaluation.batchSize))
    }
    guard let validation else {
      return (try examples(source, training), try examples(source, heldOut))
    }
    let other = try ExampleSource(
      validation, for: prepared.loaded, maximumTokens: plan.data.text.maximumTokens)
    return (try examples(source, training), try examples(other, Array(0..<other.count)))
  }

  private func measured(
    _ state: TrainingState, frozen: ParameterTree<Tensor>, _ heldOut: TrainingExamples,
    _ watch: LocalTrainer.Watch
  ) throws -> [String: Double] {
    let training = ["trainLoss": state.loss, "trainAccuracy": state.accuracy]
    guard heldOut.count > 0 else { return training }
    let evaluation = try inference(frozen.merging(state.moving), watch).evaluate(
      heldOut, batchSize: prepared.plan.evaluation.batchSize)
    return training.merging(evaluation.metrics) { $1 }
  }

  private func inference(
    _ tensors: ParameterTree<Tensor>, _ watch: LocalTrainer.Watch
  ) -> Inference {
    Inference(
      model: prepared.loaded.model, parameters: tensors,
      threads: prepared.plan.local.threads,
      precision: prepared.plan.local.precision.compute, isCancelled: watch.isCancelled)
  }

  /// The classifier at its optimum, measured on the examples it was found from.
  private func solved(
    _ tensors: ParameterTree<Tensor>,
    _ examples: (training: TrainingExamples, heldOut: TrainingExamples),
    _ watch: LocalTrainer.Watch, _ epochEnded: (Epoch) -> Void
  ) throws -> Outcome {
    let layer = try LinearClassifier(of: prepared.loaded.model)
    let found = layer.tensors(
      try layer.head(prepared.plan.transfer.head, examples: examples.training))
    let solved = tensors.mapValues { $0.host() }.merging(found)
    let result = inference(try solved.mapValues { try Tensor($0) }, watch)
    let batchSize = prepared.plan.evaluation.batchSize
    let evaluation = try result.evaluate(examples.training, batchSize: batchSize)
    var metrics = ["trainLoss": evaluation.loss, "trainAccuracy": evaluation.accuracy]
    if examples.heldOut.count > 0 {
      metrics.merge(try result.evaluate(examples.heldOut, batchSize: batchSize).metrics) { $1 }
    }
    epochEnded(Epoch(number: 1, metrics: metrics))
    return Outcome(
      trained: solved, tensors: try prepared.freeze.merged(solved), loss: evaluation.loss,
      accuracy: evaluation.accuracy, epochs: 1)
  }
}
