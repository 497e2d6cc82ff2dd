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
    let rounds = try ledger.rounds()
    let best = bestRound
    let chosen = rounds.first { $0.number == best } ?? rounds.last
    var model = current.model
    if let chosen, let outcome = chosen.outcome, chosen.number != rounds.last?.number {
      model = try Checkpoint(name: outcome.checkpoint, digest: outcome.digest, layout: layout).model
    }
    let digest = try services.writeModel(inputs.frozen.merging(model), layout.model)
    let outcomes = rounds.compactMap(\.outcome)
    let result = RunSummary(
      runID: run.runID, rounds: rounds.count, digest: digest, metrics: chosen?.metrics ?? [:],
      model: layout.model, seconds: outcomes.reduce(0) { $0 + $1.seconds },
      bytesDown: outcomes.reduce(0) { $0 + $1.bytesDown },
      bytesUp: outcomes.reduce(0) { $0 + $1.bytesUp })
    // As with a round: the event on disk, then the ledger; a crash between repeats the event.
    try emit(.runCompleted(result))
    try log.sync()
    try ledger.complete(result)
    summary = result
  }

  /// Tells everybody why the run ends here, and returns what `run` throws.
  func end(after error: any Error) async -> TributaryError {
    let reason: TributaryError
    let outcome: RunOutcome
    let event: RunEvent
    if error is CancellationError {
      let next = round?.number ?? (try? ledger.rounds().last?.number) ?? point.nextRound
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
