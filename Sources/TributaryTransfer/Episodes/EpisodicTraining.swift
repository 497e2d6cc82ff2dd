internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryPlan
internal import TributaryTensor

/// Local training by episodes: every step of the plan's optimiser follows the mean of some tasks' outcomes, and
/// `episodes.iterations` of them are an epoch.
///
/// Episodes are drawn under `key`, so the result is a function of the arguments alone.
struct EpisodicTraining {
  let trainer: LocalTrainer
  let episodes: EpisodesPlan
  private let algorithm: any EpisodicAlgorithm
  private let pool: EpisodePool
  private let key: RandomKey

  init(
    trainer: LocalTrainer, episodes: EpisodesPlan, examples: TrainingExamples, key: RandomKey
  ) {
    self.trainer = trainer
    self.episodes = episodes
    self.key = key.at("episodes")
    algorithm = EpisodicAlgorithmRegistry.make(episodes)
    pool = EpisodePool(examples, rotations: episodes.rotations)
  }

  /// - Parameters:
  ///   - start: what moves; of it the parameters get gradients, buffers stay as they are.
  ///   - terms: added to the tasks' loss.
  ///   - ended: called after every epoch; false ends the training.
  func run(
    from start: TrainingState, frozen: ParameterTree<Tensor>, terms: LocalTerms,
    watch: LocalTrainer.Watch, ended: ((TrainingState) throws -> Bool)?
  ) throws -> LocalTrainer.Result {
    guard terms.losses.isEmpty else {
      throw TributaryError(
        "strategy.local", "this strategy's loss needs batches of examples, not episodes",
        advice: "choose another federation.strategy, or leave transfer.episodes out")
    }
    var state = start
    var optimizer = trainer.plan.optimizer.make()
    optimizer.rates = trainer.freeze.rates
    optimizer.state = start.optimizer
    while state.epochs < trainer.plan.epochs {
      try epoch(&state, &optimizer, frozen: frozen, terms, watch)
      state.epochs += 1
      state.optimizer = optimizer.state
      if let ended, try !ended(state) { break }
    }
    return LocalTrainer.Result(
      moving: state.moving, loss: state.loss, accuracy: state.accuracy, steps: state.steps,
      replayedSteps: 0, learningRateSum: state.learningRateSum)
  }

  private func epoch(
    _ state: inout TrainingState, _ optimizer: inout any Optimizer,
    frozen: ParameterTree<Tensor>, _ terms: LocalTerms, _ watch: LocalTrainer.Watch
  ) throws {
    let plan = trainer.plan
    let freeze = trainer.freeze.unfrozen(at: trainer.time ?? state.epochs)
    var parameters = state.moving.filter { name, _ in freeze.trainable.contains(name) }
    let learner = EpisodicLearner(
      model: trainer.model, freeze: freeze,
      held: frozen.merging(state.moving.filter { name, _ in !freeze.trainable.contains(name) }),
      pool: pool)
    let steps = plan.epochs * episodes.iterations
    let schedule = plan.schedule.make(peak: plan.optimizer.learningRate, steps: steps)
    var (loss, hits) = (0.0, (correct: 0, counted: 0))
    for iteration in 1...episodes.iterations {
      if watch.isCancelled() { throw CancellationError() }
      let rate = schedule.rate(step: state.steps)
      let outcome = try step(
        state.steps, &parameters, &optimizer, rate: rate, learner, terms)
      loss += Double(outcome.loss)
      hits += outcome.hits
      state.learningRateSum += rate
      state.steps += 1
      watch.progress(state.steps, steps, loss / Double(iteration))
    }
    state.loss = loss / Double(episodes.iterations)
    state.accuracy = Double(hits.correct) / Double(max(1, hits.counted))
    state.moving = state.moving.merging(parameters)
  }

  private func step(
    _ step: Int, _ parameters: inout ParameterTree<Tensor>, _ optimizer: inout any Optimizer,
    rate: Double, _ learner: EpisodicLearner, _ terms: LocalTerms
  ) throws -> TaskOutcome {
    let outcome = try mean(of: step, at: parameters, learner)
    guard outcome.loss.isFinite else {
      throw TributaryError(
        "training.diverged", "the loss is not a number any more (meta-step \(step + 1))",
        advice: "lower local.optimizer.learningRate or transfer.episodes.innerLearningRate")
    }
    var gradients = outcome.gradient.mapValues { FactoredGradient($0) }
    terms.add(to: &gradients, at: parameters)
    try terms.companion?(
      LocalTerms.Step(
        parameters: parameters, learningRate: rate,
        gradient: { try mean(of: step, at: $0, learner).gradient }))
    optimizer.step(&parameters, gradients: gradients, learningRate: Float(rate))
    return outcome
  }

  /// The mean outcome of one meta-batch.
  private func mean(
    of step: Int, at parameters: ParameterTree<Tensor>, _ learner: EpisodicLearner
  ) throws -> TaskOutcome {
    var total = TaskOutcome(
      gradient: parameters.mapValues { .zeros($0.shape) }, loss: 0, hits: (0, 0))
    for task in 0..<episodes.metaBatch {
      let key = key.at(step).at(task)
      let outcome = try algorithm.outcome(
        of: pool.episode(training: episodes, key: key), at: parameters, learner,
        key: key.at("task"))
      total.loss += outcome.loss / Float(episodes.metaBatch)
      total.hits += outcome.hits
      withoutGradient {
        total.gradient.updateValues { name, sum in
          if let more = outcome.gradient[name] { sum = sum + more }
        }
      }
    }
    let share = 1 / Float(episodes.metaBatch)
    withoutGradient { total.gradient.updateValues { _, sum in sum = sum * share } }
    return total
  }
}

extension EpisodePool {
  /// An episode to train on.
  func episode(training plan: EpisodesPlan, key: RandomKey) throws -> Episode {
    try episode(
      ways: plan.trainingWays ?? plan.ways, shots: plan.trainingShots ?? plan.shots,
      queries: plan.algorithm == .reptile ? 0 : plan.queries, key: key)
  }
}
