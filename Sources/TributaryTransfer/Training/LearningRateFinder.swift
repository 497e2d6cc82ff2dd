internal import Foundation
internal import TributaryCore
public import TributaryData
internal import TributaryPlan
internal import TributaryTensor

/// The learning-rate range test (Smith 2017, arXiv:1506.01186): a short training in which every step's rate is larger
/// than the last one's by the same factor; the loss falls, then explodes.
///
/// A tenth of the rate at which it is lowest is a good one to begin with: large steps, and still far from the edge.
public struct LearningRateFinder: Sendable {
  private let training: PooledTraining
  private let lowest: Double
  private let highest: Double
  private let steps: Int

  public init(
    _ prepared: PreparedRun, lowest: Double = 1e-6, highest: Double = 10, steps: Int = 100
  ) {
    precondition(lowest > 0 && highest > lowest && steps > 1, "a range of rates, and steps in it")
    training = PooledTraining(prepared)
    self.lowest = lowest
    self.highest = highest
    self.steps = steps
  }

  /// A step of the test.
  public struct Point: Sendable, Equatable {
    public var learningRate: Double
    /// The step's loss, before it moved the parameters.
    public var loss: Double
    /// The losses so far, averaged exponentially.
    public var smoothedLoss: Double
  }

  public struct Outcome: Sendable {
    public var points: [Point]
    /// nil where the loss never fell.
    public var suggestion: Double?
  }

  /// - Throws: `CancellationError` once the watch says so, and what training throws.
  public func run(
    on dataset: Dataset, watch: LocalTrainer.Watch = LocalTrainer.Watch()
  ) throws -> Outcome {
    let prepared = training.prepared
    guard prepared.plan.transfer.episodes == nil, prepared.plan.transfer.head.kind == .softmax,
      !prepared.objectives.needs.contains(.target)
    else {
      throw TributaryError(
        "finetune.rates",
        "rates are tried on batches of labelled examples: not with transfer.episodes, a solved head or a target",
        advice: "search with the same plan without these")
    }
    let (all, frozen) = try training.beginning()
    let examples = try training.examples(dataset, backbone: frozen, watch).training
    let key = prepared.plan.randomKey.at("learning rates")
    var trainer = prepared.trainer
    trainer.plan.epochs = 1
    trainer.plan.schedule = SchedulePlan()
    trainer.time = 1_000_000  // after all unfreezing
    var state = TrainingState(moving: all)
    var points: [Point] = []
    var average = 0.0
    for step in 0..<steps {
      let rate = lowest * pow(highest / lowest, Double(step) / Double(steps - 1))
      trainer.plan.optimizer.learningRate = rate
      (state.epochs, state.steps) = (0, 0)
      do {
        _ = try trainer.train(
          moving: all, frozen: frozen, examples: batch(step, of: examples, key: key),
          key: key.at("step").at(step), watch: watch, start: state
        ) { done in
          state = done
          return true
        }
      } catch let error as TributaryError where error.code == "training.diverged" {
        break
      }
      average = 0.95 * average + 0.05 * state.loss
      let smoothed = average / (1 - pow(0.95, Double(step + 1)))
      points.append(Point(learningRate: rate, loss: state.loss, smoothedLoss: smoothed))
      if smoothed > 4 * (points.map(\.smoothedLoss).min() ?? smoothed) { break }
    }
    return Outcome(points: points, suggestion: Self.suggestion(points))
  }

  /// The examples in one long order, round and round.
  private func batch(_ step: Int, of examples: TrainingExamples, key: RandomKey) -> TrainingExamples
  {
    let size = min(training.prepared.plan.local.batchSize, examples.count)
    let perEpoch = max(1, examples.count / size)
    let order = key.at("order").at(step / perEpoch).permutation(of: examples.count)
    let start = step % perEpoch * size
    return examples.subset(Array(order[start..<(start + size)]))
  }

  /// A tenth of the rate at which the smoothed loss is lowest; the first tenth of the test, which is mostly noise, is
  /// only what to compare with.
  static func suggestion(_ points: [Point]) -> Double? {
    let beginning = points.prefix(max(1, points.count / 10))
    guard
      let lowest = points.dropFirst(beginning.count).min(by: { $0.smoothedLoss < $1.smoothedLoss }),
      let usual = beginning.map(\.smoothedLoss).min(), lowest.smoothedLoss < usual
    else { return nil }
    return lowest.learningRate / 10
  }
}
