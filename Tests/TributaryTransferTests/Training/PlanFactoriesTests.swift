import Testing
import TributaryNN
import TributaryPlan

@testable import TributaryTransfer

@Suite struct PlanFactoriesTests {
  @Test func aMomentumBelowFloat32IsNone() throws {
    let plan = OptimizerPlan(kind: .sgd, momentum: 1e-60, nesterov: true)
    let sgd = try #require(plan.make() as? SGD)
    #expect(sgd.momentum == 0 && !sgd.nesterov)
  }
}
