import Testing
import TributaryFederation
import TributaryPlan

@Suite struct DittoTests {
  private func training(_ options: [String: Double]) throws -> LocalPlan {
    try StrategyRegistry.make(StrategyPlan(kind: "ditto", options: options)).training(LocalPlan())
  }

  @Test func clientsGetItsNumbers() throws {
    let given: [String: Double] = ["lambda": 2]
    #expect(try training(given).algorithm == StrategyPlan(kind: "ditto", options: given))
    #expect(try training([:]).algorithm == StrategyPlan(kind: "ditto", options: ["lambda": 0.1]))
  }

  @Test func theServerAveragesByExamples() throws {
    var run = try StrategyRun("ditto", population: 2)
    try run.round([.init(w: 4, examples: 3), .init(w: 0, examples: 1)])
    #expect(try run.value("w") == 4)
  }
}
