internal import TributaryCore
internal import TributaryFeatures
internal import TributaryModels

/// The client of a head that is solved in closed form: the sums over its examples' features, and no training.
struct FeatureStatisticsClient: ClientAlgorithm {
  static let kind = "feature-statistics"
  private let withProducts: Bool
  private let minimumExamples: Int

  init(options: [String: Double]) {
    withProducts = options["products"] ?? 1 >= 0.5
    minimumExamples = Int(min(max(options["minimumExamples"] ?? 10, 1), 1e9))
  }

  func run(_ task: LocalTask) throws -> LocalOutcome {
    guard task.examples.count >= minimumExamples else {
      throw TributaryError(
        "features.few",
        "\(task.examples.count) examples are too few: their sums would give them away",
        advice: "give the client more, or lower transfer.head.minimumExamples")
    }
    var task = task
    if task.examples.features == nil {
      task.examples = task.examples.with(features: try task.features(of: task.examples))
    }
    let statistics = try task.examples.statistics(
      classes: task.trainer.model.configuration.classes, products: withProducts)
    let before = try task.measured(task.moving, on: task.examples)
    var outcome = LocalOutcome(
      result: LocalTrainer.Result(
        moving: task.moving, loss: before.loss, accuracy: before.accuracy, steps: 0,
        replayedSteps: 0, learningRateSum: 0))
    outcome.sums = try statistics.tensors(products: withProducts)
    return outcome
  }
}
