public import TributaryCore
public import TributaryModels
internal import TributaryNN
public import TributaryPlan
public import TributaryTensor

/// Trains on one shard: the part of a round that happens where the data is.
///
/// The result is a function of the arguments alone (and of the kind of CPU): batches and dropout draw
/// from `key`, and the compute threads are pinned to the plan's number. The optimiser starts afresh.
public struct LocalTrainer: Sendable {
  public let model: any Model
  public internal(set) var freeze: FreezePlan
  public internal(set) var plan: LocalPlan
  /// How often `transfer.unfreezeEvery` has to be counted: the rounds done; nil: by epochs.
  public var time: Int?
  /// What is minimised beside the task's loss, in every training.
  public let objectives: ObjectiveSet
  /// Where training goes by episodes, how; nil: by epochs.
  let episodes: EpisodesPlan?
  /// Whether steps may be replayed (`StepReplay`), which changes their time alone.
  var replaysSteps = true

  public init(
    model: any Model, freeze: FreezePlan, plan: LocalPlan, objectives: ObjectiveSet = .none,
    episodes: EpisodesPlan? = nil
  ) {
    self.model = model
    self.objectives = objectives
    self.freeze = freeze
    self.plan = plan
    self.episodes = episodes
  }

  /// Whether features can be computed once: only the classifier moves, no objective looks at batches, and examples
  /// come one by one.
  public var readsFeaturesAlone: Bool {
    freeze.isHeadOnly && episodes == nil && !objectives.needs.contains(.batches)
  }

  public struct Result {
    /// The tensors that move, after training.
    public var moving: ParameterTree<Tensor>
    /// Over the last epoch: mean loss, and the share of rows (examples, or a language model's positions)
    /// whose class was right as they came.
    public var loss: Double
    public var accuracy: Double
    public var steps: Int
    /// Of these, how many were replayed from a tape (`KernelTape`).
    public var replayedSteps: Int
    /// The learning rates of all steps added up.
    public var learningRateSum: Double
  }

  /// What a caller may watch, and stop, between batches.
  public struct Watch: Sendable {
    public var isCancelled: @Sendable () -> Bool
    /// Steps done and steps in all, and the mean loss of the epoch so far.
    public var progress: @Sendable (_ step: Int, _ steps: Int, _ loss: Double) -> Void

    public init(
      isCancelled: @escaping @Sendable () -> Bool = { false },
      progress: @escaping @Sendable (Int, Int, Double) -> Void = { _, _, _ in }
    ) {
      self.isCancelled = isCancelled
      self.progress = progress
    }
  }

  /// - Parameters:
  ///   - target: examples of the target domain, which objectives look at; labels they may have are not.
  ///   - progress: the part of the run's training that this one is, of 0...1.
  ///   - carried: what came with a task beside the model's tensors: objectives look for statistics there.
  ///   - start: where an interrupted training goes on, instead of at `moving`.
  ///   - epochEnded: called after every epoch; false ends the training.
  /// - Throws: `CancellationError` once the watch says so; `training.diverged` where the loss stops
  ///   being a number; `compute.precision` where the CPU lacks the plan's; what the model throws for missing
  ///   tensors.
  public func train(
    moving: ParameterTree<Tensor>, frozen: ParameterTree<Tensor>, examples: TrainingExamples,
    target: TrainingExamples? = nil, progress: ClosedRange<Double> = 0...1,
    carried: ParameterTree<Tensor> = [:], key: RandomKey, terms: LocalTerms = LocalTerms(),
    watch: Watch = Watch(), start: TrainingState? = nil,
    epochEnded: ((TrainingState) throws -> Bool)? = nil
  ) throws -> Result {
    ComputeThreads.pin(plan.threads)
    var terms = terms
    try objectives.add(to: &terms, from: moving, of: model, carried: carried)
    if plan.proximal > 0 {
      terms.pulls.append(.init(strength: Float(plan.proximal), origin: moving))
    }
    if let episodes {
      return try plan.precision.compute.within {
        try EpisodicTraining(trainer: self, episodes: episodes, examples: examples, key: key).run(
          from: start ?? TrainingState(moving: moving), frozen: frozen, terms: terms, watch: watch,
          ended: epochEnded)
      }
    }
    return try plan.precision.compute.within {
      try epochs(
        from: start ?? TrainingState(moving: moving), frozen: frozen, examples: examples,
        target: objectives.needs.contains(.target) || terms.readsTarget ? target : nil,
        progress: progress, key: key,
        terms: terms, watch: watch, ended: epochEnded)
    }
  }

  private func epochs(
    from start: TrainingState, frozen: ParameterTree<Tensor>, examples: TrainingExamples,
    target: TrainingExamples?, progress: ClosedRange<Double>, key: RandomKey, terms: LocalTerms,
    watch: Watch, ended: ((TrainingState) throws -> Bool)?
  ) throws -> Result {
    let moving = start.moving.names
    var freeze = self.freeze.unfrozen(at: time ?? start.epochs)
    var (parameters, fixed) = freeze.divided(frozen.merging(start.moving))
    var optimizer = plan.optimizer.make()
    optimizer.rates = freeze.rates
    optimizer.state = start.optimizer
    let stepsPerEpoch = EpochBatches.count(
      examples.count, target?.count ?? 0, batchSize: plan.batchSize)
    let steps = stepsPerEpoch * plan.epochs
    let schedule = plan.schedule.make(peak: plan.optimizer.learningRate, steps: steps)
    let stepKey = key.at("step")
    let augmentKey = key.at("augment")
    var step = start.steps
    var learningRateSum = start.learningRateSum
    var replay = StepReplay(isAllowed: mayReplay(terms))
    var replayed = 0
    var tally = Tally()
    func moved() -> ParameterTree<Tensor> {
      ParameterTree(
        moving.compactMap { name in (parameters[name] ?? fixed[name]).map { (name, $0) } })
    }
    for epoch in start.epochs..<max(start.epochs, plan.epochs) {
      tally = Tally()
      let stage = self.freeze.unfrozen(at: time ?? epoch)
      if stage.trainable != freeze.trainable {
        freeze = stage
        (parameters, fixed) = freeze.divided(fixed.merging(parameters))
        replayed += replay.steps
        replay = StepReplay(isAllowed: mayReplay(terms))
      }
      let order = EpochBatches(
        examples, target: target, batchSize: plan.batchSize, grouped: plan.groupByLength,
        key: key.at("order").at(epoch))
      for batch in order {
        if watch.isCancelled() { throw CancellationError() }
        let rate = schedule.rate(step: step)
        let augmentation = augmentKey.at(step)
        let whole =
          parts(of: batch) > 1
          ? nil
          : examples.batch(
            batch.source, augmentedUnder: augmentation, target: target, at: batch.target)
        let done = progress.share(Double(step) / Double(steps))
        let slope = { [fixed, freeze, step] (point: ParameterTree<Tensor>, terms: LocalTerms?) in
          try accumulated(batch) { part, index in
            try gradients(
              point, terms: terms, progress: done,
              batch: whole
                ?? examples.batch(
                  part.source, augmentedUnder: augmentation, target: target, at: part.target)
            ) {
              Pass(
                parameters: $0, frozen: fixed, mode: .training(trainable: freeze.trainable),
                key: index == 0 ? stepKey.at(step) : stepKey.at(step).at("part").at(index),
                capturing: terms?.captured ?? [],
                isCheckpointing: plan.activationCheckpointing)
            }
          }
        }
        let alike = whole?.mixture == nil ? whole : nil
        let report = try replay.step(alike, rate: Float(rate), &parameters) { parameters in
          var outcome = try slope(parameters, terms)
          terms.add(to: &outcome.gradients, at: parameters)
          guard outcome.loss.isFinite else { throw Self.diverged(epoch: epoch, step: step) }
          try terms.companion?(
            LocalTerms.Step(
              parameters: parameters, learningRate: rate,
              gradient: { try slope($0, nil).gradients.mapValues(\.tensor) }))
          optimizer.step(&parameters, gradients: outcome.gradients, learningRate: Float(rate))
          for (name, value) in outcome.buffers where freeze.buffers.contains(name) {
            fixed[name] = value
          }
          return (StepReport(loss: outcome.loss, hits: outcome.hits), outcome.evidence)
        }
        guard report.loss.isFinite else { throw Self.diverged(epoch: epoch, step: step) }
        tally.add(report)
        learningRateSum += rate
        step += 1
        watch.progress(step, steps, tally.meanLoss)
      }
      if let ended {
        var state = TrainingState(moving: moved())
        (state.epochs, state.steps, state.learningRateSum) = (epoch + 1, step, learningRateSum)
        (state.loss, state.accuracy) = (tally.meanLoss, tally.accuracy)
        state.optimizer = optimizer.state
        if try !ended(state) { break }
      }
    }
    let isDone = start.epochs >= plan.epochs
    return Result(
      moving: moved(), loss: isDone ? start.loss : tally.meanLoss,
      accuracy: isDone ? start.accuracy : tally.accuracy, steps: step,
      replayedSteps: replayed + replay.steps,
      learningRateSum: learningRateSum)
  }

  /// Whether a step is a function of the batch and the parameters, computed by kernels alone.
  private func mayReplay(_ terms: LocalTerms) -> Bool {
    replaysSteps && terms.areOfParametersAlone && model.configuration.heads == nil
  }

  /// In how many parts a batch is computed: none may lack examples of a domain that the batch has.
  private func parts(of batch: EpochBatches.Pair) -> Int {
    guard plan.accumulate > 1 else { return 1 }
    return min(
      plan.accumulate, [batch.source.count, batch.target.count].filter { $0 > 0 }.min() ?? 1)
  }

  /// The outcome of `batch` put together from that of its parts, as if they had been computed at once; the
  /// running statistics of batch norms are the last part's, and objectives compare the domains part by part.
  private func accumulated(
    _ batch: EpochBatches.Pair,
    _ outcome: (_ part: EpochBatches.Pair, _ index: Int) throws -> Outcome
  ) throws -> Outcome {
    let parts = parts(of: batch)
    guard parts > 1 else { return try outcome(batch, 0) }
    var total: Outcome?
    for index in 0..<parts {
      var partial = try outcome(batch.part(index, of: parts), index)
      partial.scale(by: Float(partial.weight))
      partial.evidence = nil
      guard var sum = total else {
        total = partial
        continue
      }
      total = nil
      sum.add(partial)
      total = sum
    }
    guard var total else { preconditionFailure("a batch has at least one part") }
    total.scale(by: 1 / Float(max(1, total.weight)))
    return total
  }

  private struct Outcome {
    var loss: Float
    /// Rows whose class was right, and rows that count.
    var hits: (correct: Int, counted: Int)
    /// By which parts are put together: the rows that count, which in a language model are not the same in every
    /// text; without labels the examples.
    var weight: Int
    var gradients: ParameterTree<FactoredGradient>
    var buffers: [String: Tensor]
    var evidence: StepReport.Evidence?

    mutating func scale(by share: Float) {
      loss *= share
      gradients.updateValues { _, gradient in gradient = gradient * share }
    }

    mutating func add(_ other: Outcome) {
      loss += other.loss
      hits.correct += other.hits.correct
      hits.counted += other.hits.counted
      weight += other.weight
      gradients.updateValues { name, gradient in
        if let more = other.gradients[name] { gradient = gradient + more }
      }
      buffers = other.buffers
    }
  }

  private func gradients(
    _ parameters: ParameterTree<Tensor>, terms: LocalTerms?, progress: Double,
    batch: TrainingBatch, pass makePass: (ParameterTree<Tensor>) -> Pass
  ) throws -> Outcome {
    var loss: TrainingBatch.Loss?
    var buffers: [String: Tensor] = [:]
    let (total, gradients) = try valueAndFactoredGradient(
      of: { parameters in
        let pass = makePass(parameters)
        let found = try batch.loss(
          model, pass, terms: terms,
          at: .init(progress: progress, key: pass.key, parameters: parameters))
        loss = TrainingBatch.Loss(
          total: found.total.detached, task: found.task?.detached, logits: found.logits?.detached)
        buffers = pass.bufferUpdates
        return found.total
      }, at: parameters)
    guard let task = loss?.task, let logits = loss?.logits, let labels = batch.labels else {
      return Outcome(
        loss: total.item, hits: (0, 0), weight: batch.target?.count ?? 0, gradients: gradients,
        buffers: buffers)
    }
    let evidence = StepReport.Evidence(loss: task, logits: logits, labels: labels)
    let report = evidence.report
    let isSound = terms?.losses.isEmpty ?? true || total.item.isFinite
    return Outcome(
      loss: isSound ? report.loss : .nan, hits: report.hits, weight: report.hits.counted,
      gradients: gradients,
      buffers: buffers, evidence: evidence)
  }

  /// Loss and hits of an epoch.
  private struct Tally {
    var loss = 0.0
    var correct = 0
    var count = 0

    mutating func add(_ report: StepReport) {
      loss += Double(report.loss) * Double(report.hits.counted)
      count += report.hits.counted
      correct += report.hits.correct
    }

    var meanLoss: Double { count == 0 ? 0 : loss / Double(count) }
    var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }
  }

  private static func diverged(epoch: Int, step: Int) -> TributaryError {
    TributaryError(
      "training.diverged",
      "the loss is not a number any more (epoch \(epoch + 1), step \(step + 1))",
      advice: "lower local.optimizer.learningRate")
  }
}
