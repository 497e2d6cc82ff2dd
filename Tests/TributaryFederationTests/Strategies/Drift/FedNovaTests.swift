import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct FedNovaTests {
  @Test func longTrainingCountsNoMoreThanItsExamples() throws {
    var run = try StrategyRun("fednova", population: 2)
    try run.round([
      .init(w: 8, buffer: 2, examples: 3, metrics: ["normalizer": 4]),
      .init(w: -2, buffer: 6, examples: 1, metrics: ["normalizer": 1]),
    ])
    // d = 2 and -2, their mean 1; tau = (3 * 4 + 1) / 4.
    #expect(try run.value("w") == 1 + 3.25)
    #expect(try run.value("norm.running_mean") == 5 + 3)
  }

  @Test func equalStepsAreFedAvg() throws {
    var nova = try StrategyRun("fednova", population: 2)
    var plain = try StrategyRun("fedavg", population: 2)
    let updates = [
      StrategyRun.Update(w: 0.5, examples: 3, metrics: ["normalizer": 4]),
      .init(w: 0.25, examples: 1, metrics: ["normalizer": 4]),
    ]
    try nova.round(updates)
    try plain.round(updates)
    #expect(nova.globals == plain.globals)
  }

  @Test(arguments: [[:], ["normalizer": 0], ["normalizer": Double.infinity], ["normalizer": -1]])
  func impossibleStepCountsAreRefused(metrics: [String: Double]) throws {
    var run = try StrategyRun("fednova", population: 1)
    let error = #expect(throws: TributaryError.self) {
      try run.round([.init(w: 1, metrics: metrics)])
    }
    #expect(error?.code == "update.metric")
  }
}
