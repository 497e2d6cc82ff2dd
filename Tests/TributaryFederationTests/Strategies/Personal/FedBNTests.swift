import Testing
import TributaryFederation
import TributaryPlan

@Suite struct FedBNTests {
  @Test func keepsItsPartOnTheClients() throws {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: "fedbn"))
    #expect(strategy.transfer(TransferPlan()).personal == ["norms"])
    let plan = TransferPlan(personal: ["norms", "layer4.*"])
    #expect(strategy.transfer(plan) == plan)
  }
}
