public import TributaryCore
public import TributaryFederation

/// Something that happened in a run: for the terminal, `--json`, `events.jsonl` and the dashboard.
public enum RunEvent: Sendable {
  case runStarted(RunStarted)
  /// The run goes on after a stop, with this round next.
  case runResumed(RunStarted)
  case clientJoined(ClientID, worker: String, exampleCount: Int)
  case clientLeft(ClientID, reason: String)
  /// Somebody was turned away.
  case clientRefused(reason: String)
  /// Clients are missing.
  case waiting(Waiting)
  case roundStarted(round: Int, rounds: Int, cohort: [ClientID])
  /// An update is in: `received` of the round's `expected`.
  case clientUpdated(ClientID, round: Int, received: Int, expected: Int, bytesUp: Int)
  /// A client could not do its task, or its update was refused.
  case clientFailed(ClientID, round: Int, reason: String)
  case roundCompleted(RoundCompleted)
  /// After the last round: what all clients measured of the result.
  case clientsEvaluated(ClientsEvaluated)
  case runCompleted(RunSummary)
  case runFailed(code: String, reason: String)
  case runInterrupted(round: Int)
  /// Something to know that ends nothing: a damaged checkpoint passed over.
  case warning(String)

  public struct RunStarted: Sendable, Equatable {
    public var runID: String
    public var name: String
    public var directory: String
    public var strategy: String
    public var rounds: Int
    /// The first round to be done.
    public var nextRound: Int
    public var expectedClients: Int?
    public var planDigest: Digest
    /// Numbers of elements that move and that are frozen.
    public var movingElements: Int
    public var frozenElements: Int
  }

  public struct ClientsEvaluated: Sendable, Equatable {
    /// How many did.
    public var clients: Int
    /// The spread of their accuracies; each client's own figures are in `clients.csv`.
    public var metrics: [String: Double]
    /// Those that could not.
    public var dropped: [DroppedClient]
    public var bytesDown: Int
    public var bytesUp: Int
    public var seconds: Double
  }

  public struct RoundCompleted: Sendable, Equatable {
    public var round: Int
    public var rounds: Int
    /// Of the evaluation, where this round had one (`accuracy`, `loss`), and of the clients' own
    /// training, weighted by examples (`trainAccuracy`, `trainLoss`).
    public var metrics: [String: Double]
    public var participants: [ClientID]
    public var dropped: [DroppedClient]
    public var exampleCount: Int
    public var bytesDown: Int
    public var bytesUp: Int
    public var seconds: Double
    /// Seconds of those spent after the last update: aggregation, checkpoint, evaluation.
    public var serverSeconds: Double
  }
}
