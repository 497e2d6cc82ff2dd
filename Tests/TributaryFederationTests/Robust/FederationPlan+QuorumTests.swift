import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct FederationPlanQuorumTests {
  private func quorum(
    _ kind: String, _ options: [String: Double] = [:], perRound: Int? = nil, minimum: Int = 1,
    expected: Int?
  ) throws -> Int {
    let plan = FederationPlan(
      strategy: StrategyPlan(kind: kind, options: options), clientsPerRound: perRound,
      minimumClients: minimum)
    return try plan.withQuorum(
      for: StrategyRegistry.make(plan.strategy), expectedClients: expected
    ).minimumClients
  }

  @Test func aRoundWaitsForAsManyAsTheRuleNeeds() throws {
    #expect(try quorum("krum", ["attackers": 2], expected: 9) == 7)
    #expect(try quorum("krum", ["attackers": 2], minimum: 8, expected: 9) == 8)
    #expect(try quorum("bulyan", ["attackers": 1], expected: nil) == 7)
    #expect(try quorum("multi-krum", ["attackers": 1, "selected": 6], expected: 9) == 7)
    #expect(try quorum("krum", ["attackers": 0], expected: 1) == 1)
    #expect(try quorum("krum", expected: 2) == 1)
    #expect(try quorum("fedavg", minimum: 3, expected: 9) == 3)
  }

  @Test func tooFewClientsAreToldBeforeTheRun() {
    for (perRound, expected) in [(nil, 6), (6, 20), (6, nil)] as [(Int?, Int?)] {
      do {
        _ = try quorum("krum", ["attackers": 2], perRound: perRound, expected: expected)
        Issue.record("2 attackers among 6 were accepted")
      } catch {
        let error = error as? TributaryError
        #expect(error?.code == "strategy.clients")
        #expect(error?.message.contains("needs 7 updates a round, but a round has 6") == true)
      }
    }
  }
}
