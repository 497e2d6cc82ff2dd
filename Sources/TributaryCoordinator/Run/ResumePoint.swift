internal import TributaryCore
internal import TributaryFederation
internal import TributaryPlan

/// Where a run goes on: all that the next round needs, read from the ledger and the checkpoints.
struct ResumePoint: Sendable {
  var nextRound = 1
  var checkpoint: Checkpoint
  /// The clients of the round that was open, which is done again.
  var recordedCohort: [ClientID]?
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
  init(initial: Checkpoint) { checkpoint = initial }

  /// After what `ledger` has; the newest checkpoint that is whole.
  /// - Throws: `checkpoint.damaged` where neither of the newest two is.
  init(initial: Checkpoint, ledger: Ledger, layout: DirectoryLayout) throws {
    self.init(initial: initial)
    var rounds = try ledger.rounds()
    if let last = rounds.last(where: { $0.status != .open }), let outcome = last.outcome {
      do {
        checkpoint = try Checkpoint(
          name: outcome.checkpoint, digest: outcome.digest, layout: layout)
      } catch {
        let former = rounds.last { $0.number < last.number }
        try stepBack(to: former, after: error, layout: layout)
        warnings = ["\(error); round \(last.number) is done again"]
        try ledger.reopen(round: last.number)
        rounds = try ledger.rounds()
      }
    }
    for round in rounds where round.status != .open {
      measured.append((round.number, round.metrics))
      for client in round.outcome?.participants ?? [] { countedRounds[client] = round.number }
      for (client, metrics) in round.outcome?.clientMetrics ?? [:] {
        losses[client] = metrics["loss"]
      }
    }
    let done = rounds.last { $0.status != .open }
    nextRound = (done?.number ?? 0) + 1
    unreported = done?.status == .committed ? done : nil
    if let newest = rounds.last {
      awaited = Set(newest.present)
      recordedCohort = newest.status == .open ? newest.cohort : nil
    }
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
