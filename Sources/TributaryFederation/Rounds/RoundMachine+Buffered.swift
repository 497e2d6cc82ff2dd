internal import TributaryCore

/// Rounds that are fillings of a buffer.
extension RoundMachine {
  /// Opens the round whose cohort are those done next in virtual time. Everybody at work gets a task at once, those
  /// that are due first; what came in before its round is collected.
  mutating func openBuffered(
    _ round: Int, _ candidates: [Candidate], present here: [ClientID], at now: Double
  ) -> [RoundAction] {
    if recordedCohort == nil, let buffer {
      flights.fill(
        buffer, concurrency: buffer.concurrency ?? rules.clientsPerRound, round: round,
        candidates: candidates, selection: selection, key: key)
    }
    recordedCohort = nil
    // After a restart nobody has a task any more.
    let fresh = flights.all.filter { !hasOpened || $0.start == round }
    hasOpened = true
    let absent = Set(fresh.map(\.client)).subtracting(present)
    let cohort = flights.cohort
    unassigned.formUnion(absent)
    let open = OpenRound(
      number: round, cohort: cohort.map(\.client).sorted(),
      present: present.union(held.keys), deadline: rules.deadlineSeconds.map { now + $0 },
      starts: Dictionary(uniqueKeysWithValues: cohort.map { ($0.client, $0.start) }),
      assigned: Set(cohort.map(\.client)).subtracting(unassigned))
    unassigned.subtract(open.cohort)
    openRound = open
    phase = .open
    return [.open(round: round, cohort: open.cohort, present: here)]
      + fresh.filter { !absent.contains($0.client) }.map { .assign($0.client, round: $0.start) }
      + collect(cohort) + settle(at: now, changed: false)
  }

  /// What is done about tasks that ended before their round, which has come.
  private mutating func collect(_ cohort: [Flights.Flight]) -> [RoundAction] {
    cohort.compactMap { flight in
      switch held[flight.client] {
      case .updated: return .collect(flight.client, round: flight.start)
      case .failed(let reason):
        openRound?.fail(flight.client, reason: reason)
        return nil
      case nil: return nil
      }
    }
  }

  /// Fills the open round's buffer again after failures, by those who are done next in virtual time.
  mutating func refill() -> [RoundAction] {
    guard let buffer, !isSurveying else { return [] }
    var actions: [RoundAction] = []
    while let open = openRound, open.possibleCount < buffer.size, let next = flights.advance() {
      actions += admit(next)
    }
    return actions
  }

  /// Once patience with those who are away is over, the next at work fills the buffer; nil where nobody is there.
  mutating func relieve() -> [RoundAction]? {
    guard buffer != nil, !isSurveying, flights.ahead.contains(where: { isThere($0.client) }),
      let next = flights.advance()
    else { return nil }
    openRound?.quorumLostAt = nil
    return admit(next)
  }

  private func isThere(_ client: ClientID) -> Bool {
    present.contains(client) || held[client] != nil
  }

  private mutating func admit(_ next: Flights.Flight) -> [RoundAction] {
    let isThere = isThere(next.client)
    let isAssigned = unassigned.remove(next.client) == nil
    openRound?.add(next.client, start: next.start, isThere: isThere, isAssigned: isAssigned)
    return collect([next])
  }

  /// What concerns clients at work whose round has not come.
  mutating func receivedAhead(_ event: RoundEvent) -> [RoundAction] {
    switch event {
    // What came of a task counts only once its round has come: when it comes in is a matter of timing.
    case .updated(let client, let round, _) where isAhead(client, round: round):
      held[client] = .updated
    case .failed(let client, let round, let reason) where isAhead(client, round: round):
      held[client] = .failed(reason: reason)
    case .joined(let client, _):
      guard unassigned.remove(client) != nil,
        let flight = flights.ahead.first(where: { $0.client == client })
      else { return [] }
      return [.assign(client, round: flight.start)]
    default: break
    }
    return []
  }
}
