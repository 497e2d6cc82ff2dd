internal import TributaryPlan

/// FedSGD's client: one step along the gradient over all examples, computed `batchSize` examples at a time.
struct WholeShard: ClientAlgorithm {
  static let kind = "whole-shard"

  init(options _: [String: Double]) {}

  func run(_ task: LocalTask) throws -> LocalOutcome {
    var trainer = task.trainer
    let count = max(task.examples.count, task.target?.count ?? 0, 1)
    trainer.plan.accumulate = (count + trainer.plan.batchSize - 1) / trainer.plan.batchSize
    trainer.plan.batchSize = count
    return LocalOutcome(result: try task.train(by: trainer))
  }
}
