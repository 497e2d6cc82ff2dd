import Testing
import TributaryFederation
import TributaryPlan

@Suite struct FedProxTests {
  private func training(_ options: [String: Double]) throws -> LocalPlan {
    try StrategyRegistry.make(StrategyPlan(kind: "fedprox", options: options))
      .training(LocalPlan(epochs: 3, batchSize: 7))
  }

  @Test func clientsTrainWithTheProximalTerm() throws {
    #expect(try training([:]) == LocalPlan(epochs: 3, batchSize: 7, proximal: 0.01))
    #expect(try training(["mu": 0.5]).proximal == 0.5)
  }

  @Test func otherStrategiesLeaveTheProximalTermAlone() throws {
    let plan = LocalPlan(epochs: 3, proximal: 0.25)
    for kind in StrategyRegistry.kinds where kind != "fedprox" {
      #expect(try StrategyRegistry.make(StrategyPlan(kind: kind)).training(plan).proximal == 0.25)
    }
  }
}
