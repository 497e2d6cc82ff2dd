internal import TributaryCore

/// q-FedAvg's client (Li et al. 2020): plain training, and the loss of the model as it was received.
struct QFedAvgClient: ClientAlgorithm {
  static let kind = "qfedavg"

  init(options _: [String: Double]) {}

  func run(_ task: LocalTask) throws -> LocalOutcome {
    let initial = try task.measured(task.moving, on: task.examples)
    var outcome = LocalOutcome(result: try task.train())
    outcome.metrics["initialLoss"] = initial.loss
    return outcome
  }
}
