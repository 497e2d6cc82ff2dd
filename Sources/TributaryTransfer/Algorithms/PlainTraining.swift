/// Local training and nothing else: FedAvg's client, and that of every strategy that only aggregates otherwise.
struct PlainTraining: ClientAlgorithm {
  static let kind = "plain"

  init() {}
  init(options _: [String: Double]) {}

  func run(_ task: LocalTask) throws -> LocalOutcome {
    LocalOutcome(result: try task.train())
  }
}
