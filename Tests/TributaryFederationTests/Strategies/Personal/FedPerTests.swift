import Testing
import TributaryFederation
import TributaryPlan

@Suite struct FedPerTests {
  @Test func keepsItsPartOnTheClients() throws {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: "fedper"))
    #expect(strategy.transfer(TransferPlan()).personal == ["head"])
    let plan = TransferPlan(personal: ["head", "layer4.*"])
    #expect(strategy.transfer(plan) == plan)
  }
}
