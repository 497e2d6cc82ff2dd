internal import TributaryCore
internal import TributaryFederation
internal import TributaryPlan

/// Where a run goes on: all that the next round needs, read from the ledger and the checkpoints.
struct ResumePoint: Sendable {
  var nextRound = 1
  var checkpoint: Checkpoint
  /// The moving tensors and the state before round 1.
  let initial: Checkpoint
  /// The clients of the round that was open, which is done again.
  var recordedCohort: [ClientID]?
  /// Who was at work in the last round that was opened.
  var flights = Flights()
  /// The clients that were there.
  var awaited: Set<ClientID> = []
  /// The last round in which a client's update counted.
  var countedRounds: [ClientID: Int] = [:]
  /// The losses of clients' last trainings that counted.
  var losses: [ClientID: Double] = [:]
  /// The last round, where it is committed but not yet evaluated and reported.
  var unreported: RoundRecord?
  /// The rounds that are done, with their metrics.
  var measured: [StoppingRule.Measured] = []
  /// What a person should know.
  var warnings: [String] = []

  /// The beginning.
  init(initial: Checkpoint) {
    checkpoint = initial
    self.initial = initial
  }

  /// After what `ledger` has; the newest checkpoint that is whole.
  /// - Throws: `checkpoint.damaged` where neither of the newest two is.
  init(initial: Checkpoint, ledger: Ledger, layout: DirectoryLayout) throws {
    self.init(initial: initial)
    let (last, former) = try ledger.lastRounds()
    if let last, let outcome = last.outcome {
      do {
        checkpoint = try Checkpoint(
          name: outcome.checkpoint, digest: outcome.digest, layout: layout)
      } catch {
        try stepBack(to: former, after: error, layout: layout)
        warnings = ["\(error); round \(last.number) is done again"]
        try ledger.reopen(round: last.number)
      }
    }
    try ledger.forEachRound { add($0) }
  }

  /// The next round in their order.
  private mutating func add(_ round: RoundRecord) {
    awaited = Set(round.present)
    flights = round.flights
    recordedCohort = round.status == .open ? round.cohort : nil
    guard let outcome = round.outcome else { return }
    unreported = round.status == .committed ? round : nil
    nextRound = round.number + 1
    measured.append((round.number, round.metrics))
    for client in outcome.participants {
      countedRounds[client] = round.flights.start(of: client) ?? round.number
    }
    for (client, metrics) in outcome.clientMetrics { losses[client] = metrics["loss"] }
  }

  private mutating func stepBack(
    to former: RoundRecord?, after error: any Error, layout: DirectoryLayout
  ) throws {
    guard let outcome = former?.outcome else { return }
    do {
      checkpoint = try Checkpoint(
        name: outcome.checkpoint, digest: outcome.digest, layout: layout)
    } catch let second {
      throw TributaryError(
        "checkpoint.damaged", "no checkpoint is whole: \(error); \(second)",
        advice: "restore the checkpoints folder from a copy, or start the run anew elsewhere")
    }
  }
}
