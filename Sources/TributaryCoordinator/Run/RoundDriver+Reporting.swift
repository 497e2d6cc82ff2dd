internal import Logging
internal import TributaryCore
internal import TributaryFederation
internal import TributaryPlan
internal import TributaryStorage
internal import TributaryWire

extension RoundDriver {
  func emit(_ event: RunEvent) throws {
    if !event.isProgress { try log.append(event.line) }
    for sink in services.sinks { sink(event) }
  }

  func announce() throws {
    let started = RunEvent.RunStarted(
      runID: run.runID, name: inputs.plan.name, directory: layout.root,
      strategy: type(of: strategy).kind, rounds: inputs.plan.federation.rounds,
      nextRound: point.nextRound, expectedClients: inputs.expectedClients,
      planDigest: run.planDigest,
      movingElements: inputs.globals.values.reduce(0) { $0 + $1.shape.elementCount },
      frozenElements: inputs.frozen.values.reduce(0) { $0 + $1.shape.elementCount })
    try emit(resumed ? .runResumed(started) : .runStarted(started))
    for warning in point.warnings {
      services.logger.warning("\(warning)")
      try emit(.warning(warning))
    }
  }

  /// Tells that clients are missing, once nothing else has come that could change it.
  func emitWaiting() throws {
    guard let waiting = pendingWaiting else { return }
    pendingWaiting = nil
    try emit(.waiting(waiting))
  }

  /// Evaluates a committed round if it is due, and reports it: event on disk, then the ledger.
  func report(_ record: RoundRecord) async throws {
    guard let outcome = record.outcome else { return }
    let began = services.clock.seconds
    var metrics = record.metrics
    if let evaluator = services.evaluator, isEvaluated(record.number) {
      let tensors = inputs.frozen.merging(current.model)
      let measured = try await mailbox.stoppable { try await evaluator.evaluate(tensors) }
      metrics.merge(measured) { _, evaluated in evaluated }
    }
    let spent = services.clock.seconds - began
    let (seconds, serverSeconds) = (outcome.seconds + spent, outcome.serverSeconds + spent)
    try emit(
      .roundCompleted(
        RunEvent.RoundCompleted(
          round: record.number, rounds: inputs.plan.federation.rounds, metrics: metrics,
          participants: outcome.participants, dropped: outcome.dropped,
          exampleCount: outcome.exampleCount, bytesDown: outcome.bytesDown,
          bytesUp: outcome.bytesUp, seconds: seconds, serverSeconds: serverSeconds)))
    try log.sync()
    if measured.last?.round == record.number { measured.removeLast() }
    measured.append((record.number, metrics))
    try ledger.report(
      round: record.number, metrics: metrics, seconds: seconds, serverSeconds: serverSeconds)
  }

  private func isEvaluated(_ round: Int) -> Bool {
    let every = inputs.plan.evaluation.every
    return round == inputs.plan.federation.rounds || (every > 0 && round % every == 0)
  }

  /// Writes the result and ends the run.
  func finish() throws {
    let result = try self.result()
    let digest = try services.writeModel(
      inputs.frozen.merging(result.checkpoint.model), layout.model)
    let rounds = try ledger.totals()
    let target = StoppingRule(inputs.plan.federation.stopping).firstReachingTarget(of: measured)
    let summary = RunSummary(
      runID: run.runID, rounds: rounds.count, digest: digest,
      metrics: result.metrics.merging(survey?.metrics ?? [:]) { $1 }, model: layout.model,
      seconds: rounds.seconds, bytesDown: rounds.bytesDown, bytesUp: rounds.bytesUp,
      roundsToTarget: target,
      bytesToTarget: try target.map {
        let rounds = try ledger.totals(through: $0)
        return rounds.bytesDown + rounds.bytesUp
      })
    // As with a round: the event on disk, then the ledger; a crash between repeats the event.
    try emit(.runCompleted(summary))
    try log.sync()
    try ledger.complete(summary)
    self.summary = summary
  }

  /// Tells everybody why the run ends here, and returns what `run` throws.
  func end(after error: any Error) async -> TributaryError {
    held.removeAll()
    let reason: TributaryError
    let outcome: RunOutcome
    let event: RunEvent
    if error is CancellationError {
      let next = round?.number ?? measured.last?.round ?? point.nextRound
      reason = TributaryError(
        "run.interrupted", "stopped in round \(next); all committed rounds are kept",
        advice: "go on with --resume \(layout.root)")
      outcome = .interrupted
      event = .runInterrupted(round: next)
    } else {
      reason =
        error as? TributaryError
        ?? TributaryError("run.failed", "the run cannot go on", cause: error)
      outcome = .failed(reason: reason.description)
      event = .runFailed(code: reason.code, reason: reason.description)
    }
    do {
      try emit(event)
      try log.sync()
    } catch {
      services.logger.error("the event log cannot be written: \(error)")
    }
    await services.pool.finish(outcome)
    return reason
  }
}
