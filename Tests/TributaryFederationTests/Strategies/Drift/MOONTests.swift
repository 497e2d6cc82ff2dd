import Testing
import TributaryFederation
import TributaryPlan

@Suite struct MOONTests {
  private func training(_ options: [String: Double]) throws -> LocalPlan {
    try StrategyRegistry.make(StrategyPlan(kind: "moon", options: options)).training(LocalPlan())
  }

  @Test func clientsGetItsNumbers() throws {
    let given: [String: Double] = ["mu": 5, "temperature": 1]
    #expect(try training(given).algorithm == StrategyPlan(kind: "moon", options: given))
    #expect(
      try training([:]).algorithm
        == StrategyPlan(kind: "moon", options: ["mu": 1, "temperature": 0.5]))
  }

  @Test func theServerAveragesByExamples() throws {
    var run = try StrategyRun("moon", population: 2)
    try run.round([.init(w: 4, examples: 3), .init(w: 0, examples: 1)])
    #expect(try run.value("w") == 4)
  }
}
