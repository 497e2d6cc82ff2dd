import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// Expected numbers: the paper's formulas in float64.
@Suite struct FedAvgMTests {
  @Test func followsThePaperByDefault() throws {
    let values = try ServerOptimizerRun(kind: "fedavgm").values()
    #expect(agree(values, [1.5, 1.7, 2.005]), "\(values)")
  }

  @Test func takesItsNumbersFromThePlan() throws {
    let values = try ServerOptimizerRun(
      kind: "fedavgm", options: ["serverMomentum": 0.5, "serverLearningRate": 0.5]
    ).values()
    #expect(agree(values, [1.25, 1.25, 1.3125]), "\(values)")
  }

  @Test func movesBuffersByTheMean() throws {
    let values = try ServerOptimizerRun(kind: "fedavgm").values(isBuffer: true)
    #expect(agree(values, [1.5, 1.25, 1.375]), "\(values)")
  }
}
