import Testing
import TributaryPlan

@Suite struct StoppingRuleTests {
  private func rounds(_ values: [Double?], _ metric: String = "accuracy") -> [StoppingRule.Measured]
  {
    values.enumerated().map { (round: $0 + 1, metrics: $1.map { [metric: $0] } ?? [:]) }
  }

  @Test func withoutALimitNothingStops() {
    let rule = StoppingRule(StoppingPlan())
    #expect(rule.reasonToStop(after: rounds([0.5, 0.4, 0.3, 0.2])) == nil)
    #expect(rule.reasonToStop(after: []) == nil)
  }

  @Test func theTargetStops() {
    let rule = StoppingRule(StoppingPlan(target: 0.9))
    #expect(rule.reasonToStop(after: rounds([0.5, 0.89])) == nil)
    #expect(rule.reasonToStop(after: rounds([0.5, 0.9, 0.1]))?.contains("round 2") ?? false)
  }

  @Test func patienceCountsEvaluationsWithoutABetterOne() {
    let rule = StoppingRule(StoppingPlan(patience: 2))
    #expect(rule.reasonToStop(after: rounds([0.5, 0.6, 0.6, nil])) == nil)
    #expect(rule.reasonToStop(after: rounds([0.5, 0.6, 0.6, nil, 0.3])) != nil)
    #expect(rule.reasonToStop(after: rounds([0.5, 0.6, 0.6, 0.7])) == nil)
  }

  @Test func aSmallChangeIsNone() {
    let rule = StoppingRule(StoppingPlan(patience: 1, minimumChange: 0.05))
    #expect(rule.reasonToStop(after: rounds([0.5, 0.54])) != nil)
    #expect(rule.reasonToStop(after: rounds([0.5, 0.56])) == nil)
  }

  @Test func aSmallChangeStillReachesTheTargetAndIsTheBest() {
    let rule = StoppingRule(StoppingPlan(target: 0.9, patience: 9, minimumChange: 0.05))
    #expect(rule.reasonToStop(after: rounds([0.895, 0.901]))?.contains("round 2") ?? false)
    #expect(rule.best(of: rounds([0.895, 0.901])) == 2)
  }

  @Test func lossesAreBetterWhenLower() {
    let rule = StoppingRule(StoppingPlan(metric: "loss", target: 0.2, patience: 1))
    #expect(rule.best(of: rounds([0.5, 0.3, 0.4], "loss")) == 2)
    #expect(rule.reasonToStop(after: rounds([0.5, 0.3], "loss")) == nil)
    #expect(rule.reasonToStop(after: rounds([0.5, 0.2], "loss")) != nil)
  }

  @Test func theBestIsTheFirstOfEquals() {
    let rule = StoppingRule(StoppingPlan())
    #expect(rule.best(of: rounds([0.5, nil, 0.9, 0.9, .nan])) == 3)
    #expect(rule.best(of: rounds([nil, nil])) == nil)
  }
}
