import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// Rounds among those who can be asked.
@Suite struct RoundMachineAvailableTests {
  private func opened(
    _ windows: [Int: [ClosedRange<Int>]], perRound: Int? = nil, minimum: Int = 1, round: Int = 1,
    buffer: UpdateBuffer? = nil
  ) throws -> (machine: RoundMachine, actions: [RoundAction]) {
    let trace = Dictionary(uniqueKeysWithValues: windows.map { (ClientID(index: $0), $1) })
    var machine = RoundMachine(
      rules: try RoundRules(
        FederationPlan(rounds: 9, clientsPerRound: perRound, minimumClients: minimum),
        expectedClients: 6),
      availability: TraceAvailability(trace), key: Fixture.key, buffer: buffer, nextRound: round)
    _ = machine.received(.started, at: 0)
    var actions: [RoundAction] = []
    for client in Fixture.clients(6) { actions = machine.received(.joined(client), at: 0) }
    return (machine, actions)
  }

  private func cohort(_ actions: [RoundAction]) -> [ClientID] {
    for case .open(_, let cohort, _) in actions { return cohort }
    return []
  }

  @Test func onlyThoseAvailableAreAsked() throws {
    let windows = [0: [1...3], 2: [1...1], 3: [1...9], 5: [2...9]]
    let first = try opened(windows)
    #expect(cohort(first.actions) == [0, 2, 3].map(ClientID.init(index:)))
    #expect(first.machine.availableCount == 3)
    #expect(try cohort(opened(windows, perRound: 2).actions).count == 2)
    #expect(try cohort(opened(windows, perRound: 6).actions).count == 3)
    #expect(try cohort(opened(windows, round: 4).actions) == [3, 5].map(ClientID.init(index:)))
  }

  /// Those present are recorded whole: a resumed run waits for them all.
  @Test func whoIsAwayByTheTraceIsStillPresent() throws {
    for case .open(_, _, let present) in try opened([0: [1...1]]).actions {
      #expect(present == Fixture.clients(6))
    }
  }

  @Test func aRoundWithTooFewIsHeldWithThoseOfTheNextThatHasEnough() throws {
    let windows = [0: [1...1, 5...9], 4: [3...9], 5: [5...6]]
    #expect(
      try cohort(opened(windows, minimum: 2).actions) == [0, 4, 5].map(ClientID.init(index:)))
    #expect(try cohort(opened(windows, round: 2).actions) == [ClientID(index: 4)])
  }

  @Test func whereThereAreNeverEnoughTheRunEnds() throws {
    let found = try opened([0: [1...4]], minimum: 2)
    guard case .abort(let error)? = found.actions.last else {
      Issue.record("expected an abort, found \(found.actions)")
      return
    }
    #expect(error.code == "run.unavailable" && error.description.contains("round 1"))
  }

  /// Others may come who can be asked; with all there, nobody else will.
  @Test func whileClientsAreMissingItWaitsForSomeWhoCanBeAsked() throws {
    var machine = RoundMachine(
      rules: try RoundRules(
        FederationPlan(rounds: 9, minimumClients: 1, joinWindowSeconds: 10), expectedClients: 6),
      availability: TraceAvailability([ClientID(index: 5): [1...9]]), key: Fixture.key)
    _ = machine.received(.started, at: 0)
    for client in Fixture.clients(5) { _ = machine.received(.joined(client), at: 0) }
    guard case .waiting? = machine.received(.joined(ClientID(index: 0)), at: 11).last else {
      Issue.record("expected it to wait")
      return
    }
    var later = machine
    #expect(cohort(machine.received(.joined(ClientID(index: 5)), at: 12)) == [ClientID(index: 5)])
    let end = try #require(later.wakeUpAt)
    guard case .abort(let error)? = later.received(.tick, at: end).last else {
      Issue.record("expected an abort")
      return
    }
    #expect(error.code == "run.unavailable")
  }

  /// A round that was open before a restart has its cohort, whoever would be available by now.
  @Test func aRecordedCohortIsNotChosenAnew() throws {
    var machine = RoundMachine(
      rules: try RoundRules(FederationPlan(rounds: 9, minimumClients: 2), expectedClients: 6),
      availability: TraceAvailability([ClientID(index: 5): [1...9]]), key: Fixture.key,
      recordedCohort: [1, 2].map(ClientID.init(index:)))
    _ = machine.received(.started, at: 0)
    var actions: [RoundAction] = []
    for client in Fixture.clients(6) { actions = machine.received(.joined(client), at: 0) }
    #expect(cohort(actions) == [1, 2].map(ClientID.init(index:)))
  }

  @Test func aBufferIsFilledByThoseAvailable() throws {
    let found = try opened(
      [1: [1...1], 2: [1...9], 4: [1...1]], buffer: UpdateBuffer(size: 2, concurrency: 6))
    let working = Set(found.machine.flights.all.map(\.client))
    #expect(working == Set([1, 2, 4].map(ClientID.init(index:))))
  }
}
