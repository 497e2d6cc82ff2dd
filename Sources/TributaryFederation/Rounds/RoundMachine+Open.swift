internal import TributaryCore

extension RoundMachine {
  mutating func receivedInRound(_ event: RoundEvent, at now: Double) -> [RoundAction] {
    guard let number = openRound?.number else { return [] }
    var actions: [RoundAction] = []
    switch event {
    case .joined(let client, _):
      if openRound?.join(client) == true {
        actions.append(.assign(client, round: openRound?.start(of: client) ?? number))
      }
    case .left(let client, let reason):
      if openRound?.leave(client, reason: reason) == true {
        actions.append(.withdraw(client, round: openRound?.start(of: client) ?? number))
      }
    case .updated(let client, let round, let loss) where isDue(client, round: round):
      openRound?.receive(client)
      losses[client] = loss
    case .failed(let client, let round, let reason) where isDue(client, round: round):
      openRound?.fail(client, reason: reason)
    default: break
    }
    return actions + settle(at: now, changed: event != .tick)
  }

  /// Whether the round can close, has to wait, or cannot reach its quorum any more.
  mutating func settle(at now: Double, changed: Bool) -> [RoundAction] {
    let actions = refill()
    // Its answers to what is collected bring the machine here again.
    guard actions.isEmpty else { return actions }
    guard let (received, training, absent) = counts else { return [] }
    let need = quorum
    let deadline = openRound?.deadline
    let late = deadline.map { now >= $0 } ?? false
    if received >= need && (training == 0 || late) { return close() }
    if received + training + absent < need { return abort() }

    let before = openRound?.quorumLostAt
    openRound?.quorumLostAt = training == 0 ? before ?? now : nil
    let end = openRound?.quorumLostAt.map { $0 + rules.patienceSeconds }
    if let end, now >= end {
      guard let more = relieve() else { return abort() }
      return more.isEmpty ? settle(at: now, changed: true) : more
    }
    nextMoment = [end, late ? nil : deadline].compactMap(\.self).min()
    guard received + training < need, changed || before == nil else { return [] }
    return [
      .waiting(
        Waiting(
          round: openRound?.number ?? 0, have: received + training, need: need,
          seconds: end.map { $0 - now }, givesUp: true, missing: openRound?.absent ?? []))
    ]
  }

  private var counts: (received: Int, training: Int, absent: Int)? {
    openRound.map { ($0.receivedCount, $0.trainingCount, $0.absentCount) }
  }

  private mutating func close() -> [RoundAction] {
    guard let round = openRound else { return [] }
    openRound = nil
    if isSurveying { return closeSurvey(round) }
    phase = .closing(round: round.number)
    for client in round.cohort { held[client] = nil }
    return (round.training + round.absent).sorted().map {
      .withdraw($0, round: round.start(of: $0))
    } + [
      .close(round: round.number, participants: round.received, dropped: round.dropped)
    ]
  }

  private mutating func abort() -> [RoundAction] {
    guard let round = openRound else { return [] }
    openRound = nil
    phase = .ended
    // Those still at work are not to blame.
    let training = Set(round.training)
    let missing = round.dropped.filter { !training.contains($0.client) }
    let reasons = missing.prefix(3).map { "\($0.client): \($0.reason)" }
    let more = missing.count > 3 ? "; and \(missing.count - 3) more" : ""
    return [
      .abort(
        TributaryError(
          "run.quorum",
          "round \(round.number) has \(round.receivedCount) of the \(rules.minimumClients) updates it "
            + "needs and cannot get more: " + reasons.joined(separator: "; ") + more,
          advice: "mend the clients and resume, or lower federation.minimumClients"))
    ]
  }
}
