internal import TributaryCore
public import TributaryPlan

extension FederationPlan {
  /// The plan whose rounds are not closed with fewer updates than `strategy` needs.
  ///
  /// - Parameter expectedClients: how many clients there are; nil where nobody knows.
  /// - Throws: `strategy.clients` where a round can never have so many, or needs more than its buffer takes.
  public func withQuorum(
    for strategy: any Strategy, expectedClients: Int?
  ) throws -> FederationPlan {
    if let buffer = strategy.buffer { try require(buffer, expectedClients: expectedClients) }
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

  private func require(_ buffer: UpdateBuffer, expectedClients: Int?) throws {
    if let expectedClients, expectedClients < buffer.size {
      throw TributaryError(
        "strategy.clients",
        "a buffer takes \(buffer.size) updates of different clients, but there are \(expectedClients)",
        advice: "lower bufferSize of federation.strategy")
    }
    guard buffer.size >= minimumClients else {
      throw TributaryError(
        "strategy.clients",
        "a round needs \(minimumClients) updates, but its buffer takes \(buffer.size)",
        advice: "raise bufferSize of federation.strategy, or lower federation.minimumClients")
    }
  }
}
