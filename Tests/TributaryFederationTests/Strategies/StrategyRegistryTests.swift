import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryFederation

@Suite struct StrategyRegistryTests {
  private func error(_ plan: StrategyPlan) -> TributaryError? {
    do {
      _ = try StrategyRegistry.make(plan)
      return nil
    } catch { return error as? TributaryError }
  }

  @Test func kindsAreUnique() {
    #expect(Set(StrategyRegistry.kinds).count == StrategyRegistry.all.count)
    #expect(StrategyRegistry.kinds.contains("fedavg") && StrategyRegistry.kinds.contains("reptile"))
  }

  @Test func unknownKindNamesTheNearest() {
    #expect(error(StrategyPlan(kind: "fedavgg"))?.advice == "did you mean \"fedavg\"?")
    #expect(error(StrategyPlan(kind: "Reptil"))?.advice == "did you mean \"reptile\"?")
    let valid = StrategyRegistry.kinds.joined(separator: ", ")
    #expect(error(StrategyPlan(kind: "krum-median"))?.advice == "valid: \(valid)")
  }

  @Test func unknownOptionNamesTheNearest() {
    let found = error(StrategyPlan(kind: "reptile", options: ["stepsize": 1]))
    #expect(found?.code == "strategy.option")
    #expect(found?.advice == "did you mean \"stepSize\"?")
  }
}
