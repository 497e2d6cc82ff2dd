import Testing
import TributaryPlan

@Suite struct StoppingRuleTargetTests {
  private let rounds: [StoppingRule.Measured] = [
    (1, ["accuracy": 0.5, "loss": 3]), (2, [:]), (3, ["accuracy": 0.8, "loss": 1]),
    (4, ["accuracy": 0.7, "loss": .nan]), (5, ["accuracy": 0.9, "loss": 0.5]),
  ]

  @Test func theFirstRoundThatIsGoodEnough() {
    func first(_ plan: StoppingPlan) -> Int? { StoppingRule(plan).firstReachingTarget(of: rounds) }
    #expect(first(StoppingPlan(target: 0.7)) == 3)
    #expect(first(StoppingPlan(target: 0.9)) == 5)
    #expect(first(StoppingPlan(target: 0.95)) == nil)
    #expect(first(StoppingPlan()) == nil)
    #expect(first(StoppingPlan(metric: "loss", target: 1)) == 3)
  }
}
