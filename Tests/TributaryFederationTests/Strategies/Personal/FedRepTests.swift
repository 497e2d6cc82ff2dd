import Testing
import TributaryFederation
import TributaryPlan

@Suite struct FedRepTests {
  @Test func keepsItsPartOnTheClients() throws {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: "fedrep"))
    #expect(strategy.transfer(TransferPlan()).personal == ["head"])
    let plan = TransferPlan(personal: ["head", "layer4.*"])
    #expect(strategy.transfer(plan) == plan)
  }

  @Test func clientsGetTheEpochsOfTheirHeads() throws {
    let plan = try StrategyRegistry.make(StrategyPlan(kind: "fedrep", options: ["headEpochs": 3]))
      .training(LocalPlan())
    #expect(plan.algorithm == StrategyPlan(kind: "fedrep", options: ["headEpochs": 3]))
  }
}
