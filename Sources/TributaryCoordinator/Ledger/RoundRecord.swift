internal import TributaryCore
internal import TributaryFederation

/// What the ledger knows of one round.
struct RoundRecord: Sendable, Equatable {
  var number: Int
  var status: Status
  /// Who was there when it opened; a resumed run waits for them, so that later cohorts are the same.
  var present: [ClientID]
  var cohort: [ClientID]
  /// Who was at work, where tasks go on over several rounds.
  var flights = Flights()
  /// Set once committed.
  var outcome: Outcome?
  var metrics: [String: Double] = [:]

  enum Status: String, Sendable {
    /// Its tasks may be out.
    case open
    /// Its checkpoint is durable.
    case committed
    /// It is evaluated and its event is in the log.
    case reported
  }

  struct Outcome: Sendable, Equatable {
    var checkpoint: String
    var digest: Digest
    var participants: [ClientID]
    var dropped: [DroppedClient]
    var exampleCount: Int
    var bytesDown: Int
    var bytesUp: Int
    var seconds: Double
    var serverSeconds: Double
    /// What each participant measured.
    var clientMetrics: [ClientID: [String: Double]] = [:]
  }
}

/// What the ledger knows of the run.
struct RunRecord: Sendable, Equatable {
  var runID: String
  var planJSON: String
  var planDigest: Digest
  /// Of the initial tensors' names, types, shapes and bytes, and of the model's files.
  var modelDigest: Digest
  var summary: RunSummary?
}
