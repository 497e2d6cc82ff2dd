import Testing
import TributaryFederation
import TributaryPlan

@Suite struct APFLTests {
  private func training(_ options: [String: Double]) throws -> LocalPlan {
    try StrategyRegistry.make(StrategyPlan(kind: "apfl", options: options)).training(LocalPlan())
  }

  @Test func clientsGetItsNumbers() throws {
    let given: [String: Double] = ["alpha": 0.25, "adaptive": 1]
    #expect(try training(given).algorithm == StrategyPlan(kind: "apfl", options: given))
    #expect(
      try training([:]).algorithm
        == StrategyPlan(kind: "apfl", options: ["alpha": 0.5, "adaptive": 0]))
  }

  @Test func theServerAveragesByExamples() throws {
    var run = try StrategyRun("apfl", population: 2)
    try run.round([.init(w: 4, examples: 3), .init(w: 0, examples: 1)])
    #expect(try run.value("w") == 4)
  }
}
