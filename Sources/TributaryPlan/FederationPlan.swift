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
  public var selection: SelectionPlan
  public var availability: AvailabilityPlan
  public var stopping: StoppingPlan
  /// How the server's step shrinks over the rounds.
  public var schedule: SchedulePlan
  public var personalize: PersonalizePlan

  public init(
    strategy: StrategyPlan = StrategyPlan(), rounds: Int = 10, clientsPerRound: Int? = nil,
    minimumClients: Int = 1, joinWindowSeconds: Double = 60, deadlineSeconds: Double? = nil,
    selection: SelectionPlan = SelectionPlan(),
    availability: AvailabilityPlan = AvailabilityPlan(), stopping: StoppingPlan = StoppingPlan(),
    schedule: SchedulePlan = SchedulePlan(), personalize: PersonalizePlan = PersonalizePlan()
  ) {
    self.strategy = strategy
    self.rounds = rounds
    self.clientsPerRound = clientsPerRound
    self.minimumClients = minimumClients
    self.joinWindowSeconds = joinWindowSeconds
    self.deadlineSeconds = deadlineSeconds
    self.selection = selection
    self.availability = availability
    self.stopping = stopping
    self.schedule = schedule
    self.personalize = personalize
  }
}

/// What every client makes of the result for itself after the last round.
public struct PersonalizePlan: Sendable, Codable, Equatable {
  /// Passes over its own examples, with the local optimiser; 0: it leaves it as it is.
  public var epochs: Int
  /// Passes over its own examples with which it trains what it would have without the transfer, from scratch and a
  /// classifier alone, to compare; 0: it does not.
  public var baselineEpochs: Int
  /// Whether it keeps the best of the three.
  public var fallBack: Bool

  public init(epochs: Int = 0, baselineEpochs: Int = 0, fallBack: Bool = false) {
    self.epochs = epochs
    self.baselineEpochs = baselineEpochs
    self.fallBack = fallBack
  }
}

/// Which clients a round asks, where `clientsPerRound` are fewer than there are.
public struct SelectionPlan: Sendable, Codable, Equatable {
  public var kind: Kind
  /// power-of-choice: how many are drawn, of whom those with the highest losses are asked; nil: twice as many.
  public var candidates: Int?

  public enum Kind: String, Sendable, Codable, CaseIterable {
    case uniform
    case bySize = "by-size"
    case roundRobin = "round-robin"
    case powerOfChoice = "power-of-choice"
  }

  public init(kind: Kind = .uniform, candidates: Int? = nil) {
    self.kind = kind
    self.candidates = candidates
  }
}

/// When a run ends before its last round, and which round's model is its result.
public struct StoppingPlan: Sendable, Codable, Equatable {
  /// The metric of a round that decides, as events call it.
  public var metric: String
  /// The run ends once the metric is this good.
  public var target: Double?
  /// The run ends once so many evaluations in a row were no better than the best before them.
  public var patience: Int?
  /// A smaller change is no improvement.
  public var minimumChange: Double
  /// Whether the result is the best round's model instead of the last one's.
  public var keepsBest: Bool

  public init(
    metric: String = "accuracy", target: Double? = nil, patience: Int? = nil,
    minimumChange: Double = 0, keepsBest: Bool = false
  ) {
    self.metric = metric
    self.target = target
    self.patience = patience
    self.minimumChange = minimumChange
    self.keepsBest = keepsBest
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
