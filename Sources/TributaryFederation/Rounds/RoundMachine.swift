public import TributaryCore

/// The rounds of a run as a state machine without I/O: an event goes in, actions come out.
///
/// It decides who is asked, when a round closes, and when a run cannot go on; it never sees a tensor,
/// a socket or a clock. The cohort depends on the seed, the round and who is present, and what is
/// aggregated depends on who took part, never on the order of arrival.
///
/// - Before the first round it waits for the expected clients up to the join window, then starts with
///   those present if they are `minimumClients` or more.
/// - A client that leaves is not waited for while the others can reach `minimumClients`; otherwise the
///   round waits for a return, with patience. One that returns while the round is open takes part.
/// - A client that fails is out of this round. Where nobody is left who could reach `minimumClients`,
///   the run ends with the clients' reasons.
/// - The deadline closes a round that has `minimumClients` updates.
/// - A round asks those who are available in it; where they are fewer than `minimumClients`, those of the next round in
///   which they are enough; where there is none, the run ends.
/// - With an `UpdateBuffer` a round's cohort are those that are done next in virtual time, and a task may go on over
///   several rounds: it keeps the number of the round it began in. The place of one that fails is taken by the next in
///   virtual time, but not before its own round has come.
public struct RoundMachine: Sendable {
  let rules: RoundRules
  let selection: any ClientSelection
  /// Whether every client is asked once more after the last round.
  let surveys: Bool
  var isSurveying = false
  let availability: any ClientAvailability
  let key: RandomKey
  let buffer: UpdateBuffer?
  /// Who is at work, where there is a buffer.
  public internal(set) var flights: Flights
  /// How tasks ended whose round has not come, and those ahead that have yet to be given their tasks.
  var held: [ClientID: Ending] = [:]
  var unassigned: Set<ClientID> = []
  /// Whether this machine, rather than the one before a restart, has opened a round.
  var hasOpened = false
  var present: Set<ClientID> = []
  /// How many clients the open round could choose from.
  public private(set) var availableCount = 0
  /// Numbers of examples, of those who said them.
  var exampleCounts: [ClientID: Int] = [:]
  /// Losses of clients' last trainings that counted.
  var losses: [ClientID: Double]
  var phase: Phase
  /// The open round's cohort, where a run is resumed within a round.
  var recordedCohort: [ClientID]?
  /// Apart from `phase`, so that it is changed in place: a round may have many thousand clients.
  var openRound: OpenRound?

  enum Phase: Sendable {
    case idle(nextRound: Int, awaited: Set<ClientID>)
    case gathering(round: Int, Gathering)
    /// With `openRound`.
    case open
    case closing(round: Int)
    case ended

    var isAlive: Bool { if case .ended = self { false } else { true } }
  }

  /// How a task ended before its round came.
  enum Ending: Sendable {
    case updated
    case failed(reason: String)
  }

  /// - Parameters:
  ///   - key: the run's key.
  ///   - surveys: whether every client measures the result after the last round.
  ///   - buffer: nil: a round waits for its whole cohort.
  ///   - flights: after a resume, those of the last round that was opened.
  ///   - nextRound: the first round to do; above 1 after a resume.
  ///   - awaited: after a resume, the clients that were there, so that the next cohorts are the same.
  ///   - recordedCohort: after a resume within a round, the clients that it had asked.
  ///   - losses: after a resume, those of clients' last trainings that counted.
  public init(
    rules: RoundRules, selection: any ClientSelection = UniformSelection(),
    availability: any ClientAvailability = AlwaysAvailable(), key: RandomKey,
    surveys: Bool = false, buffer: UpdateBuffer? = nil, flights: Flights = Flights(),
    nextRound: Int = 1, awaited: Set<ClientID> = [], recordedCohort: [ClientID]? = nil,
    losses: [ClientID: Double] = [:]
  ) {
    self.rules = rules
    self.selection = selection
    self.availability = availability
    self.surveys = surveys
    self.key = key
    self.buffer = buffer
    self.flights = flights
    self.losses = losses
    self.recordedCohort = recordedCohort
    phase = .idle(nextRound: nextRound, awaited: awaited)
  }

  /// When `tick` is due at the latest; nil while no time matters.
  public var wakeUpAt: Double? { nextMoment }
  var nextMoment: Double?

  /// Whether an update of this client, of a task that began in this round, would count, now or later.
  public func awaits(_ client: ClientID, round: Int) -> Bool {
    isDue(client, round: round) || isAhead(client, round: round)
  }

  /// Whether it would count in the open round.
  func isDue(_ client: ClientID, round: Int) -> Bool {
    openRound?.start(of: client) == round && openRound?.awaits(client) ?? false
  }

  /// Whether it would count in a later round only: it is to be held until then.
  public func isAhead(_ client: ClientID, round: Int) -> Bool {
    held[client] == nil && flights.isAhead(client, round: round)
  }

  /// Takes an event that happened at `now` (seconds of any monotonic clock).
  public mutating func received(_ event: RoundEvent, at now: Double) -> [RoundAction] {
    nextMoment = nil
    switch event {
    case .joined(let client, let exampleCount):
      present.insert(client)
      exampleCounts[client] = exampleCount
    case .left(let client, _): present.remove(client)
    default: break
    }
    if event == .concluded { return conclude(at: now) }
    return receivedAhead(event) + receivedInPhase(event, at: now)
  }

  private mutating func receivedInPhase(_ event: RoundEvent, at now: Double) -> [RoundAction] {
    switch phase {
    case .idle(let round, let awaited):
      guard event == .started else { return [] }
      return gather(for: round, awaited: awaited, windowSeconds: rules.joinWindowSeconds, at: now)
    case .gathering(let round, let gathering):
      return look(gathering, round: round, at: now, changed: event != .tick)
    case .open: return receivedInRound(event, at: now)
    case .closing(let round):
      guard event == .committed(round: round) else { return [] }
      return gather(for: round + 1, awaited: [], windowSeconds: 0, at: now)
    case .ended: return []
    }
  }

  /// Ends the run between rounds.
  private mutating func conclude(at now: Double) -> [RoundAction] {
    switch phase {
    case .idle(let round, let awaited):
      endRounds(
        before: round, awaited: awaited, windowSeconds: rules.joinWindowSeconds, at: now)
    case .gathering(let round, _) where !isSurveying:
      endRounds(before: round, awaited: [], windowSeconds: 0, at: now)
    case .closing(let round):
      endRounds(before: round + 1, awaited: [], windowSeconds: 0, at: now)
    default: []
    }
  }

  /// Between rounds nobody is waited for who is not needed: `windowSeconds` is 0.
  private mutating func gather(
    for round: Int, awaited: Set<ClientID>, windowSeconds: Double, at now: Double
  ) -> [RoundAction] {
    guard round <= rules.rounds else {
      return endRounds(before: round, awaited: awaited, windowSeconds: windowSeconds, at: now)
    }
    let gathering = Gathering(
      windowEnd: now + windowSeconds, patienceEnd: now + windowSeconds + rules.patienceSeconds,
      expected: rules.expectedClients, awaited: awaited)
    return look(gathering, round: round, at: now, changed: true)
  }

  /// Fewer clients than this begin nothing, and end nothing.
  var quorum: Int { isSurveying ? 0 : rules.minimumClients }

  mutating func look(
    _ gathering: Gathering, round: Int, at now: Double, changed: Bool
  ) -> [RoundAction] {
    switch gathering.verdict(present: present, minimum: quorum, now: now) {
    case .start where isSurveying: return openSurvey(round, at: now)
    case .start:
      let here = present.sorted()
      if let candidates = candidates(for: round, among: here) {
        return open(round, among: candidates, present: here, at: now)
      }
      // Others may come who can be asked.
      guard !gathering.isComplete(present), now < gathering.patienceEnd else {
        return abortUnavailable(round)
      }
      phase = .gathering(round: round, gathering)
      nextMoment = gathering.patienceEnd
      return changed
        ? [.waiting(gathering.waiting(round: round, present: present, minimum: quorum, now: now))]
        : []
    case .giveUp:
      phase = .ended
      return [
        .abort(
          TributaryError(
            "run.quorum",
            "round \(round) needs \(rules.minimumClients) clients but only \(present.count) are there",
            advice: "start the missing workers and resume, or lower federation.minimumClients"))
      ]
    case .wait(let moment, let givesUp):
      phase = .gathering(round: round, gathering)
      // At the window's end the machine looks again, whether or not it would give up then.
      nextMoment = moment
      let crossed = !changed && givesUp
      guard changed || crossed else { return [] }
      return [
        .waiting(
          gathering.waiting(
            round: round, present: present, minimum: quorum, now: now))
      ]
    }
  }

  private mutating func open(
    _ round: Int, among candidates: [Candidate], present here: [ClientID], at now: Double
  ) -> [RoundAction] {
    availableCount = candidates.count
    if buffer != nil { return openBuffered(round, candidates, present: here, at: now) }
    let cohort =
      recordedCohort
      ?? selection.cohort(of: candidates, count: rules.clientsPerRound, round: round, key: key)
    recordedCohort = nil
    let open = OpenRound(
      number: round, cohort: cohort, present: present,
      deadline: rules.deadlineSeconds.map { now + $0 })
    openRound = open
    phase = .open
    return [.open(round: round, cohort: cohort, present: here)]
      + open.training.map { .assign($0, round: round) } + settle(at: now, changed: false)
  }
}
