import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// Expected numbers: the paper's formulas in float64.
@Suite struct FedYogiTests {
  @Test func followsThePaperByDefault() throws {
    let values = try ServerOptimizerRun(kind: "fedyogi").values()
    #expect(agree(values, [1.009802, 1.013316, 1.018549]), "\(values)")
  }

  @Test func takesItsNumbersFromThePlan() throws {
    let values = try ServerOptimizerRun(
      kind: "fedyogi", options: ["beta1": 0.5, "beta2": 0.9, "serverLearningRate": 0.1]
    ).values()
    #expect(agree(values, [1.157117, 1.157117, 1.193181]), "\(values)")
  }

  @Test func movesBuffersByTheMean() throws {
    let values = try ServerOptimizerRun(kind: "fedyogi").values(isBuffer: true)
    #expect(agree(values, [1.5, 1.25, 1.375]), "\(values)")
  }
}
