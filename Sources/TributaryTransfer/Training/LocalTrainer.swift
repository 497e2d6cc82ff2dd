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

  public init(model: any Model, freeze: FreezePlan, plan: LocalPlan) {
    self.model = model
    self.freeze = freeze
    self.plan = plan
  }

  public struct Result {
    /// The tensors that move, after training.
    public var moving: ParameterTree<Tensor>
    /// Over the last epoch: mean loss, and the share of rows (examples, or a language model's positions)
    /// whose class was right as they came.
    public var loss: Double
    public var accuracy: Double
    public var steps: Int
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

  /// - Throws: `CancellationError` once the watch says so; `training.diverged` where the loss stops
  ///   being a number; `compute.precision` where the CPU lacks the plan's; what the model throws for missing
  ///   tensors.
  public func train(
    moving: ParameterTree<Tensor>, frozen: ParameterTree<Tensor>, examples: TrainingExamples,
    key: RandomKey, terms: LocalTerms = LocalTerms(), watch: Watch = Watch()
  ) throws -> Result {
    ComputeThreads.pin(plan.threads)
    var terms = terms
    if plan.proximal > 0 {
      terms.pulls.append(.init(strength: Float(plan.proximal), origin: moving))
    }
    return try plan.precision.compute.within {
      try epochs(
        moving: moving, frozen: frozen, examples: examples, key: key, terms: terms, watch: watch)
    }
  }

  private func epochs(
    moving: ParameterTree<Tensor>, frozen: ParameterTree<Tensor>, examples: TrainingExamples,
    key: RandomKey, terms: LocalTerms, watch: Watch
  ) throws -> Result {
    var parameters = moving.filter { name, _ in freeze.trainable.contains(name) }
    var fixed = frozen.merging(moving.filter { name, _ in !freeze.trainable.contains(name) })
    var optimizer = plan.optimizer.make()
    let stepsPerEpoch = (examples.count + plan.batchSize - 1) / plan.batchSize
    let steps = stepsPerEpoch * plan.epochs
    let schedule = plan.schedule.make(peak: plan.optimizer.learningRate, steps: steps)
    let stepKey = key.at("step")
    var step = 0
    var learningRateSum = 0.0
    var tally = Tally()
    for epoch in 0..<plan.epochs {
      tally = Tally()
      let order = examples.batches(
        of: plan.batchSize, grouped: plan.groupByLength, key: key.at("order").at(epoch))
      for batch in order {
        if watch.isCancelled() { throw CancellationError() }
        let slope = { [fixed, step] (point: ParameterTree<Tensor>, terms: LocalTerms) in
          try accumulated(batch) { part, index in
            try gradients(point, batch: part, examples: examples, terms: terms) {
              Pass(
                parameters: $0, frozen: fixed, mode: .training(trainable: freeze.trainable),
                key: index == 0 ? stepKey.at(step) : stepKey.at(step).at("part").at(index),
                adapterScale: freeze.adaptation?.scale,
                isCheckpointing: plan.activationCheckpointing)
            }
          }
        }
        var outcome = try slope(parameters, terms)
        terms.add(to: &outcome.gradients, at: parameters)
        guard outcome.loss.isFinite else { throw Self.diverged(epoch: epoch, step: step) }
        tally.add(outcome)
        let learningRate = schedule.rate(step: step)
        learningRateSum += learningRate
        try terms.companion?(
          LocalTerms.Step(
            parameters: parameters, learningRate: learningRate,
            gradient: { try slope($0, LocalTerms()).gradients.mapValues(\.tensor) }))
        optimizer.step(
          &parameters, gradients: outcome.gradients, learningRate: Float(learningRate))
        for (name, value) in outcome.buffers where freeze.buffers.contains(name) {
          fixed[name] = value
        }
        step += 1
        watch.progress(step, steps, tally.meanLoss)
      }
    }
    let moved = moving.compactMap { name, _ in parameters[name] ?? fixed[name] }
    return Result(
      moving: moved, loss: tally.meanLoss, accuracy: tally.accuracy, steps: step,
      learningRateSum: learningRateSum)
  }

  /// The outcome of `batch` put together from that of its parts, as if they had been computed at once; the
  /// running statistics of batch norms are the last part's.
  private func accumulated(
    _ batch: [Int], _ outcome: (_ part: [Int], _ index: Int) throws -> Outcome
  ) throws -> Outcome {
    let parts = min(plan.accumulate, batch.count)
    guard parts > 1 else { return try outcome(batch, 0) }
    var total: Outcome?
    for index in 0..<parts {
      let part = Array(
        batch[(batch.count * index / parts)..<(batch.count * (index + 1) / parts)])
      var partial = try outcome(part, index)
      // By the rows that count, which in a language model are not the same in every text.
      partial.scale(by: Float(partial.hits.counted))
      guard var sum = total else {
        total = partial
        continue
      }
      total = nil
      sum.add(partial)
      total = sum
    }
    guard var total else { preconditionFailure("a batch has at least one part") }
    total.scale(by: 1 / Float(max(1, total.hits.counted)))
    return total
  }

  private struct Outcome {
    var loss: Float
    /// Rows whose class was right, and rows that count.
    var hits: (correct: Int, counted: Int)
    var gradients: ParameterTree<FactoredGradient>
    var buffers: [String: Tensor]

    mutating func scale(by share: Float) {
      loss *= share
      gradients.updateValues { _, gradient in gradient = gradient * share }
    }

    mutating func add(_ other: Outcome) {
      loss += other.loss
      hits.correct += other.hits.correct
      hits.counted += other.hits.counted
      gradients.updateValues { name, gradient in
        if let more = other.gradients[name] { gradient = gradient + more }
      }
      buffers = other.buffers
    }
  }

  private func gradients(
    _ parameters: ParameterTree<Tensor>, batch: [Int], examples: TrainingExamples,
    terms: LocalTerms, pass makePass: (ParameterTree<Tensor>) -> Pass
  ) throws -> Outcome {
    var hits = (correct: 0, counted: 0)
    var buffers: [String: Tensor] = [:]
    var taskLoss: Tensor?
    let (loss, gradients) = try valueAndFactoredGradient(
      of: { parameters in
        let pass = makePass(parameters)
        let (scores, labels, more) = try examples.scores(
          batch, model: model, pass: pass, contrast: terms.contrast)
        hits = classificationHits(scores.detached, labels: labels)
        buffers = pass.bufferUpdates
        let loss = crossEntropy(logits: scores, labels: labels)
        taskLoss = loss.detached
        return more.map { loss + $0 } ?? loss
      }, at: parameters)
    return Outcome(loss: (taskLoss ?? loss).item, hits: hits, gradients: gradients, buffers: buffers)
  }

  /// Loss and hits of an epoch.
  private struct Tally {
    var loss = 0.0
    var correct = 0
    var count = 0

    mutating func add(_ outcome: Outcome) {
      loss += Double(outcome.loss) * Double(outcome.hits.counted)
      count += outcome.hits.counted
      correct += outcome.hits.correct
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
