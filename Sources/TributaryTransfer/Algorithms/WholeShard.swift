internal import TributaryPlan

/// FedSGD's client: one step along the gradient over all examples, computed `batchSize` examples at a time.
struct WholeShard: ClientAlgorithm {
  static let kind = "whole-shard"

  init(options _: [String: Double]) {}

  func run(_ task: LocalTask) throws -> LocalOutcome {
    var trainer = task.trainer
    trainer.plan.accumulate = (task.examples.count + trainer.plan.batchSize - 1) / trainer.plan.batchSize
    trainer.plan.batchSize = task.examples.count
    return LocalOutcome(result: try task.train(by: trainer))
  }
}
