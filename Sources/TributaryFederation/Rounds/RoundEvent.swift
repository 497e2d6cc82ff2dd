public import TributaryCore

/// What happens to a run, as the `RoundMachine` is told.
public enum RoundEvent: Sendable, Equatable {
  /// The coordinator is ready to receive clients.
  case started
  /// A client is there (again).
  case joined(ClientID, exampleCount: Int = 1)
  case left(ClientID, reason: String)
  /// A client's update has been folded in, or is held until its round comes. `round` is the one its task began in.
  case updated(ClientID, round: Int, loss: Double? = nil)
  /// A client could not do its task, or its update was refused.
  case failed(ClientID, round: Int, reason: String)
  /// The round that was closed is durable.
  case committed(round: Int)
  /// Between rounds: the run needs no more of them.
  case concluded
  /// `wakeUpAt` has come.
  case tick
}

/// What has to be done, in this order.
public enum RoundAction: Sendable, Equatable {
  /// A round begins. To be durable before any task of it goes out.
  case open(round: Int, cohort: [ClientID], present: [ClientID])
  case assign(ClientID, round: Int)
  /// The round has come for an update that is held: answer with `updated`, or `failed`.
  case collect(ClientID, round: Int)
  /// The round goes on without this client.
  case withdraw(ClientID, round: Int)
  /// There are enough updates: aggregate, commit, then answer with `committed`.
  case close(round: Int, participants: [ClientID], dropped: [DroppedClient])
  /// All rounds are done, and these clients are to measure the result. `round` is the number of no round.
  case survey(round: Int, cohort: [ClientID])
  /// Those that did, and those that could not.
  case surveyed(participants: [ClientID], dropped: [DroppedClient])
  /// Clients are missing: for people.
  case waiting(Waiting)
  /// All rounds are done.
  case finish
  /// The run cannot go on.
  case abort(TributaryError)

  public static func == (left: RoundAction, right: RoundAction) -> Bool {
    String(describing: left) == String(describing: right)
  }
}

/// A client of the cohort whose update is not in the round, and why.
public struct DroppedClient: Sendable, Equatable {
  public var client: ClientID
  public var reason: String

  public init(client: ClientID, reason: String) {
    self.client = client
    self.reason = reason
  }
}

/// Who is there, who is needed, and until when the run waits.
public struct Waiting: Sendable, Equatable {
  /// The round that cannot start or close.
  public var round: Int
  public var have: Int
  public var need: Int
  /// Seconds from now after which the run goes on or gives up; nil where no time is set.
  public var seconds: Double?
  /// Whether the run gives up then; otherwise it goes on with those that are there.
  public var givesUp: Bool
  /// The missing clients, where their names are known.
  public var missing: [ClientID]

  public init(
    round: Int, have: Int, need: Int, seconds: Double?, givesUp: Bool, missing: [ClientID] = []
  ) {
    self.round = round
    self.have = have
    self.need = need
    self.seconds = seconds
    self.givesUp = givesUp
    self.missing = missing
  }
}
