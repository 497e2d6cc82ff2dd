internal import TributaryCore
public import TributaryPlan

/// How many, and for how long: what a `RoundMachine` decides by.
public struct RoundRules: Sendable, Equatable {
  public let rounds: Int
  /// How many clients a round asks; nil asks all.
  public let clientsPerRound: Int?
  /// Below this many updates a round is not closed.
  public let minimumClients: Int
  /// How many clients there are; nil where nobody knows.
  public let expectedClients: Int?
  /// How long to wait for the expected clients before the first round, and for the former ones after
  /// a resume.
  public let joinWindowSeconds: Double
  /// A round with enough updates is closed this long after its start; nil waits for all that are alive.
  public let deadlineSeconds: Double?
  /// How long a run that has too few clients waits for one to return before it gives up.
  public let patienceSeconds: Double
  /// A client that leaves more often than this in one round is not waited for any more.
  public static let largestDepartures = 5

  /// Patience is the join window.
  /// - Throws: `federation.clients` where the numbers contradict each other.
  public init(_ plan: FederationPlan, expectedClients: Int?) throws {
    guard plan.rounds >= 1, plan.minimumClients >= 1, plan.clientsPerRound ?? 1 >= 1 else {
      throw TributaryError(
        "federation.clients", "rounds, clientsPerRound and minimumClients must be at least 1")
    }
    if let asked = plan.clientsPerRound, asked < plan.minimumClients {
      throw TributaryError(
        "federation.clients",
        "a round asks \(asked) clients but needs \(plan.minimumClients) updates",
        advice: "lower federation.minimumClients or raise federation.clientsPerRound")
    }
    if let expected = expectedClients, expected < plan.minimumClients {
      throw TributaryError(
        "federation.clients",
        "there are \(expected) clients but a round needs \(plan.minimumClients) updates",
        advice: "lower federation.minimumClients")
    }
    rounds = plan.rounds
    clientsPerRound = plan.clientsPerRound
    minimumClients = plan.minimumClients
    self.expectedClients = expectedClients
    joinWindowSeconds = plan.joinWindowSeconds
    deadlineSeconds = plan.deadlineSeconds
    patienceSeconds = plan.joinWindowSeconds
  }
}
