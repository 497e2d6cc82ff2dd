public import TributaryCore
public import TributaryData
internal import TributaryModels
internal import TributaryPlan
internal import TributaryTensor

/// Teaches a model, on examples without labels, what several models of its kind say together (Lin et al. 2020, FedDF).
///
///     KL( softmax(mean of their logits) ‖ softmax(its logits) ), the mean over a batch, by Adam
public struct EnsembleDistillation: Sendable {
  private let prepared: PreparedRun
  private let source: ExampleSource

  /// - Throws: `strategy.fusion` where the run's models do not answer alike; `data.kind` where `examples` are not what
  ///   the model takes.
  public init(_ prepared: PreparedRun, on examples: Dataset) throws {
    guard prepared.freeze.personal.isEmpty, prepared.plan.transfer.episodes == nil,
      prepared.loaded.configuration.heads == nil
    else {
      throw TributaryError(
        "strategy.fusion",
        "models whose classifiers mean different things cannot be distilled into one",
        advice: "leave transfer.personal, transfer.episodes and task.heads out, or take fedavg")
    }
    self.prepared = prepared
    source = try ExampleSource(
      examples, for: prepared.loaded, maximumTokens: prepared.plan.data.text.maximumTokens)
  }

  /// `globals` after `epochs` passes over the examples.
  ///
  /// - Parameters:
  ///   - globals, ensemble: the tensors that travel, of the model and of its teachers.
  ///   - learningRate: at the beginning; it falls to 0 along a cosine.
  ///   - round: of the run, by which `transfer.unfreezeEvery` counts.
  ///   - key: under which batches and dropout are drawn.
  /// - Throws: `CancellationError` once `isCancelled`; `training.diverged`.
  public func distilled(
    _ globals: ParameterTree<HostTensor>, from ensemble: [ParameterTree<HostTensor>],
    epochs: Int, batchSize: Int, learningRate: Double, round: Int = 1, key: RandomKey,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> ParameterTree<HostTensor> {
    let frozen = try prepared.initial.fixed.mapValues { try Tensor($0) }
    let freeze = prepared.freeze
    let teachers = try ensemble.map { tensors in
      Inference(
        model: prepared.loaded.model,
        parameters: frozen.merging(try tensors.mapValues { try Tensor($0) }),
        threads: 1)
    }
    var terms = LocalTerms()
    terms.readsTarget = true
    terms.losses.append { batch in
      guard let examples = batch.target, let input = examples.input else { return .scalar(0) }
      return softenedDivergence(
        examples.logits, from: try Self.meanLogits(of: teachers, input), temperature: 1)
    }
    let local = prepared.plan.local
    var trainer = LocalTrainer(
      model: prepared.loaded.model, freeze: freeze,
      plan: LocalPlan(
        epochs: epochs, batchSize: batchSize,
        optimizer: OptimizerPlan(kind: .adamw, learningRate: learningRate),
        schedule: SchedulePlan(kind: .cosine), threads: local.threads))
    trainer.time = round - 1
    return try trainer.train(
      moving: try globals.mapValues { try Tensor($0) }, frozen: frozen,
      examples: TrainingExamples(source, indices: []), target: TrainingExamples(source), key: key,
      terms: terms, watch: .init(isCancelled: isCancelled)
    ).moving.mapValues { $0.host() }
  }

  /// `[rows, classes]`
  static func meanLogits(of teachers: [Inference], _ input: ModelInput) throws -> Tensor {
    let answers = try teachers.map { try $0.logits(input) }
    return withoutGradient {
      answers.dropFirst().reduce(answers[0]) { $0 + $1 } * (1 / Float(answers.count))
    }
  }
}
