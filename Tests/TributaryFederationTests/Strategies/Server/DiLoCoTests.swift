import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// Expected numbers: the paper's formulas in float64.
@Suite struct DiLoCoTests {
  @Test func followsThePaperByDefault() throws {
    let values = try ServerOptimizerRun(kind: "diloco").values()
    #expect(agree(values, [1.665, 1.616, 1.89565]), "\(values)")
  }

  @Test func takesItsNumbersFromThePlan() throws {
    let values = try ServerOptimizerRun(
      kind: "diloco", options: ["serverMomentum": 0.5, "serverLearningRate": 0.5]
    ).values()
    #expect(agree(values, [1.375, 1.25, 1.34375]), "\(values)")
  }

  @Test func movesBuffersByTheMean() throws {
    let values = try ServerOptimizerRun(kind: "diloco").values(isBuffer: true)
    #expect(agree(values, [1.5, 1.25, 1.375]), "\(values)")
  }

  @Test func everyNodeCountsTheSame() throws {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: "diloco"))
    let contribution = Contribution(client: ClientID(index: 0), round: 1, exampleCount: 500)
    #expect(try strategy.weight(of: contribution) == 1)
  }
}
