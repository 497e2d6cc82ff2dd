/// How the clients' work is put together.
public struct FederationPlan: Sendable, Codable, Equatable {
  public var strategy: StrategyPlan
  public var rounds: Int
  /// How many clients a round asks; nil asks all.
  public var clientsPerRound: Int?
  /// A round needs at least this many updates; the run waits, then fails, below it.
  public var minimumClients: Int
  /// Before round 1 a coordinator waits this long for all expected clients, then goes on with
  /// those present if they are `minimumClients` or more.
  public var joinWindowSeconds: Double
  /// A round is closed this long after its start with the updates that are there; nil waits for
  /// all participants that are alive.
  public var deadlineSeconds: Double?

  public init(
    strategy: StrategyPlan = StrategyPlan(), rounds: Int = 10, clientsPerRound: Int? = nil,
    minimumClients: Int = 1, joinWindowSeconds: Double = 60, deadlineSeconds: Double? = nil
  ) {
    self.strategy = strategy
    self.rounds = rounds
    self.clientsPerRound = clientsPerRound
    self.minimumClients = minimumClients
    self.joinWindowSeconds = joinWindowSeconds
    self.deadlineSeconds = deadlineSeconds
  }
}

/// A strategy's registered name and its own numbers (`stepSize`, ...), checked by the strategy.
public struct StrategyPlan: Sendable, Codable, Equatable {
  public var kind: String
  public var options: [String: Double]

  public init(kind: String = "fedavg", options: [String: Double] = [:]) {
    self.kind = kind
    self.options = options
  }
}
