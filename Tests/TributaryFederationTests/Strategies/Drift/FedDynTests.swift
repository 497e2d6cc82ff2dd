import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct FedDynTests {
  @Test func theModelGoesBeyondTheMeanByWhatClientsDriftedBefore() throws {
    var run = try StrategyRun("feddyn", ["alpha": 0.5], population: 4)
    try run.round([.init(w: 2, buffer: 1, examples: 9), .init(w: 4, buffer: 3)])
    // h / alpha = -(2 / 4) * 3; w = 1 + 3 + 1.5.
    #expect(try run.value("w") == 5.5)
    #expect(try run.value("norm.running_mean") == 7)
    try run.round([.init(w: 0)])
    #expect(try run.value("w") == 7)
  }

  @Test func clientsGetAlpha() throws {
    let plan = try StrategyRegistry.make(StrategyPlan(kind: "feddyn", options: ["alpha": 0.5]))
      .training(LocalPlan())
    #expect(plan.algorithm == StrategyPlan(kind: "feddyn", options: ["alpha": 0.5]))
  }
}
