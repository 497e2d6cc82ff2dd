import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct FedSGDTests {
  private func training(_ plan: LocalPlan) throws -> LocalPlan {
    try StrategyRegistry.make(StrategyPlan(kind: "fedsgd")).training(plan)
  }

  @Test func clientsTakeOneStepOverAllExamples() throws {
    let plan = try training(
      LocalPlan(epochs: 7, batchSize: 50, schedule: SchedulePlan(kind: .cosine)))
    #expect(plan.epochs == 1 && plan.schedule == SchedulePlan() && plan.batchSize == 50)
    #expect(plan.algorithm?.kind == "whole-shard")
  }

  @Test func otherOptimisersAreRefused() {
    for optimizer in [OptimizerPlan(kind: .adamw), OptimizerPlan(momentum: 0.9)] {
      #expect(throws: TributaryError.self) { try training(LocalPlan(optimizer: optimizer)) }
    }
  }
}
