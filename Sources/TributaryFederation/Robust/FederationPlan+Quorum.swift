internal import TributaryCore
public import TributaryPlan

extension FederationPlan {
  /// The plan whose rounds are not closed with fewer updates than `strategy` needs.
  ///
  /// - Parameter expectedClients: how many clients there are; nil where nobody knows.
  /// - Throws: `strategy.clients` where a round can never have so many.
  public func withQuorum(
    for strategy: any Strategy, expectedClients: Int?
  ) throws -> FederationPlan {
    guard let rule = strategy as? any RobustAggregation else { return self }
    let need = rule.minimumUpdates
    if let have = [clientsPerRound, expectedClients].compactMap(\.self).min(), have < need {
      throw TributaryError(
        "strategy.clients",
        "\(self.strategy.kind) as configured needs \(need) updates a round, but a round has \(have) clients",
        advice: "ask more clients a round, or lower attackers of federation.strategy")
    }
    var plan = self
    plan.minimumClients = max(minimumClients, need)
    return plan
  }
}
