import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct QFedAvgTests {
  @Test func clientsWithHighLossCountMore() throws {
    var run = try StrategyRun("qfedavg", ["q": 1], population: 2)
    try run.round([
      .init(w: 1, examples: 50, metrics: ["initialLoss": 3]),
      .init(w: -1, metrics: ["initialLoss": 1]),
    ])
    // L = 10: the step is 10 (3 - 1) / ((100 + 30) + (100 + 10)).
    #expect(abs(try run.value("w") - (1 + 20.0 / 240)) < 1e-6)
  }

  @Test func withoutFairnessItIsThePlainMean() throws {
    var run = try StrategyRun("qfedavg", ["q": 0], population: 2)
    try run.round([
      .init(w: 3, buffer: 1, examples: 50, metrics: ["initialLoss": 3]),
      .init(w: -1, buffer: 3, metrics: ["initialLoss": 1]),
    ])
    #expect(abs(try run.value("w") - 2) < 1e-6)
    #expect(try run.value("norm.running_mean") == 7)
  }

  @Test func aLossIsNeeded() throws {
    var run = try StrategyRun("qfedavg", population: 1)
    #expect(throws: TributaryError.self) { try run.round([.init(w: 1)]) }
  }
}
