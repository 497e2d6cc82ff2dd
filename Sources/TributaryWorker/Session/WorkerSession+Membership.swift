internal import TributaryCore
internal import TributaryWire

extension WorkerSession {
  mutating func welcomed(_ welcome: Welcome, now: Double) -> [Action] {
    guard case .greeting = connection else { return [] }
    connection = .member(welcome, beatAt: now + Double(welcome.heartbeatMilliseconds) / 1000)
    searchingSince = nil
    lastTrouble = nil
    lastReason = nil
    var actions: [Action] = [.log("joined run \(welcome.runID) at \(address)", isWarning: false)]
    if current?.task.runID != welcome.runID { actions += drop() }
    // What was asked for on the former connection is asked for again once the task is assigned here
    // too; what came in stays.
    assignedRound = nil
    current?.receiver?.reconnected()
    return actions
  }

  mutating func refused(_ refusal: Refusal, now: Double) -> [Action] {
    guard refusal.code == .unknownSession else {
      return end(.failed(WorkerErrors.refused(refusal.reason)))
    }
    // Greeting already: this answers something said before that Hello.
    guard case .member = connection else { return [] }
    searchingSince = now
    return greet(now: now)
  }

  mutating func ended(_ outcome: RunOutcome) -> [Action] {
    // The coordinator waits for this word before it closes.
    [.send(.goodbye(reason: "the run is over"))] + leave(outcome)
  }

  private mutating func leave(_ outcome: RunOutcome) -> [Action] {
    switch outcome {
    case .completed(let rounds, let digest):
      return end(.completed(rounds: rounds, digest: digest))
    case .failed(let reason):
      return end(.failed(TributaryError("run.failed", "the run failed: \(reason)")))
    case .interrupted:
      return end(
        .failed(
          TributaryError(
            "run.interrupted", "the coordinator was stopped before the run was done",
            advice: "start it with --resume, and this worker again")))
    }
  }
}
