internal import TributaryCore

/// After the last round, where it is wanted: every client that is there measures the result once.
///
/// Nothing is decided by it, so it has no quorum, needs no record, and is done again after a restart.
extension RoundMachine {
  /// All rounds are done; `number` is the one that would follow.
  mutating func endRounds(
    before number: Int, awaited: Set<ClientID>, windowSeconds: Double, at now: Double
  ) -> [RoundAction] {
    guard surveys else {
      phase = .ended
      return [.finish]
    }
    isSurveying = true
    let working = flights.ahead.filter {
      held[$0.client] == nil && !unassigned.contains($0.client)
    }
    (flights, held, unassigned) = (Flights(), [:], [])
    let gathering = Gathering(
      windowEnd: now + windowSeconds, patienceEnd: now + windowSeconds,
      expected: rules.expectedClients, awaited: awaited)
    return working.map { .withdraw($0.client, round: $0.start) }
      + look(gathering, round: number, at: now, changed: true)
  }

  mutating func openSurvey(_ number: Int, at now: Double) -> [RoundAction] {
    let open = OpenRound(
      number: number, cohort: present.sorted(), present: present,
      deadline: rules.deadlineSeconds.map { now + $0 })
    openRound = open
    phase = .open
    return [.survey(round: number, cohort: open.cohort)]
      + open.training.map { .assign($0, round: number) } + settle(at: now, changed: false)
  }

  mutating func closeSurvey(_ round: OpenRound) -> [RoundAction] {
    phase = .ended
    return (round.training + round.absent).sorted().map { .withdraw($0, round: round.number) } + [
      .surveyed(participants: round.received, dropped: round.dropped), .finish,
    ]
  }
}
