internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryPlan
internal import TributaryTensor

/// Local training by episodes: every step of the plan's optimiser follows the mean of some tasks' outcomes.
///
/// Episodes are drawn under `key`, so the result is a function of the arguments alone.
struct EpisodicTraining {
  let learner: EpisodicLearner
  let episodes: EpisodesPlan
  let plan: LocalPlan

  /// - Parameters:
  ///   - moving: what moves; of it the parameters get gradients, buffers stay as they are.
  ///   - terms: added to the tasks' loss.
  func run(
    moving: ParameterTree<Tensor>, key: RandomKey, terms: LocalTerms, watch: LocalTrainer.Watch
  ) throws -> LocalTrainer.Result {
    guard terms.losses.isEmpty else {
      throw TributaryError(
        "strategy.local", "this strategy's loss needs batches of examples, not episodes",
        advice: "choose another federation.strategy, or leave transfer.episodes out")
    }
    let algorithm = EpisodicAlgorithmRegistry.make(episodes)
    var parameters = moving.filter { name, _ in learner.freeze.trainable.contains(name) }
    var optimizer = plan.optimizer.make()
    let schedule = plan.schedule.make(
      peak: plan.optimizer.learningRate, steps: episodes.iterations)
    var total = (loss: 0.0, hits: (correct: 0, counted: 0), rates: 0.0)
    for step in 0..<episodes.iterations {
      if watch.isCancelled() { throw CancellationError() }
      let rate = schedule.rate(step: step)
      let stepKey = key.at("episodes").at(step)
      let outcome = try mean(algorithm, at: parameters, key: stepKey)
      guard outcome.loss.isFinite else { throw Self.diverged(step) }
      var gradients = outcome.gradient.mapValues { FactoredGradient($0) }
      terms.add(to: &gradients, at: parameters)
      try terms.companion?(
        LocalTerms.Step(
          parameters: parameters, learningRate: rate,
          gradient: { try mean(algorithm, at: $0, key: stepKey).gradient }))
      optimizer.step(&parameters, gradients: gradients, learningRate: Float(rate))
      total.loss += Double(outcome.loss)
      total.hits += outcome.hits
      total.rates += rate
      watch.progress(step + 1, episodes.iterations, total.loss / Double(step + 1))
    }
    return LocalTrainer.Result(
      moving: moving.map { name, value in parameters[name] ?? value },
      loss: total.loss / Double(episodes.iterations),
      accuracy: Double(total.hits.correct) / Double(max(1, total.hits.counted)),
      steps: episodes.iterations, replayedSteps: 0, learningRateSum: total.rates)
  }

  /// The mean outcome of one meta-batch.
  private func mean(
    _ algorithm: any EpisodicAlgorithm, at parameters: ParameterTree<Tensor>, key: RandomKey
  ) throws -> TaskOutcome {
    let share = 1 / Float(episodes.metaBatch)
    var total: TaskOutcome?
    for task in 0..<episodes.metaBatch {
      let key = key.at(task)
      let outcome = try algorithm.outcome(
        of: learner.pool.episode(training: episodes, key: key), at: parameters, learner,
        key: key.at("task"))
      guard var sum = total else {
        total = outcome
        continue
      }
      sum.loss += outcome.loss
      sum.hits += outcome.hits
      withoutGradient {
        sum.gradient.updateValues { name, sum in
          if let more = outcome.gradient[name] { sum = sum + more }
        }
      }
      total = sum
    }
    guard var total else { preconditionFailure("a meta-batch has at least one task") }
    total.loss *= share
    withoutGradient { total.gradient.updateValues { _, sum in sum = sum * share } }
    return total
  }

  private static func diverged(_ step: Int) -> TributaryError {
    TributaryError(
      "training.diverged", "the loss is not a number any more (meta-step \(step + 1))",
      advice: "lower local.optimizer.learningRate or transfer.episodes.innerLearningRate")
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

extension LocalTrainer {
  /// The learner of `examples`' episodes, and what of `moving` it holds.
  func episodicTraining(
    _ episodes: EpisodesPlan, moving: ParameterTree<Tensor>, frozen: ParameterTree<Tensor>,
    examples: TrainingExamples
  ) -> EpisodicTraining {
    let buffers = moving.filter { name, _ in !freeze.trainable.contains(name) }
    return EpisodicTraining(
      learner: EpisodicLearner(
        model: model, freeze: freeze, held: frozen.merging(buffers),
        pool: EpisodePool(examples, rotations: episodes.rotations)),
      episodes: episodes, plan: plan)
  }
}
