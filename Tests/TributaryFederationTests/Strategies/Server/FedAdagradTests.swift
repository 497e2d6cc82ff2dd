import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// Expected numbers: the paper's formulas in float64.
@Suite struct FedAdagradTests {
  @Test func followsThePaperByDefault() throws {
    let values = try ServerOptimizerRun(kind: "fedadagrad").values()
    #expect(agree(values, [1.0998, 1.055159, 1.076942]), "\(values)")
  }

  @Test func takesItsNumbersFromThePlan() throws {
    let values = try ServerOptimizerRun(
      kind: "fedadagrad", options: ["beta1": 0.5, "serverLearningRate": 0.2]
    ).values()
    #expect(agree(values, [1.0998, 1.0998, 1.121584]), "\(values)")
  }

  @Test func movesBuffersByTheMean() throws {
    let values = try ServerOptimizerRun(kind: "fedadagrad").values(isBuffer: true)
    #expect(agree(values, [1.5, 1.25, 1.375]), "\(values)")
  }
}
