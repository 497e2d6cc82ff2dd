import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// Expected numbers: the paper's formulas in float64.
@Suite struct FedAdamTests {
  @Test func followsThePaperByDefault() throws {
    let values = try ServerOptimizerRun(kind: "fedadam").values()
    #expect(agree(values, [1.009802, 1.01333, 1.018607]), "\(values)")
  }

  @Test func takesItsNumbersFromThePlan() throws {
    let values = try ServerOptimizerRun(
      kind: "fedadam", options: ["beta1": 0.5, "beta2": 0.9, "serverLearningRate": 0.1]
    ).values()
    #expect(agree(values, [1.157117, 1.157117, 1.194622]), "\(values)")
  }

  @Test func movesBuffersByTheMean() throws {
    let values = try ServerOptimizerRun(kind: "fedadam").values(isBuffer: true)
    #expect(agree(values, [1.5, 1.25, 1.375]), "\(values)")
  }
}
