import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// A machine with its actions as short words: `open 1 [0 1 2]`, `assign 0`, `close 1 [0 1] -2`.
struct Script {
  var machine: RoundMachine
  var now = 0.0

  init(
    rounds: Int = 2, perRound: Int? = nil, minimum: Int = 1, expected: Int? = nil,
    window: Double = 60, deadline: Double? = nil, nextRound: Int = 1, awaited: [Int] = [],
    recorded: [Int]? = nil
  ) throws {
    let plan = FederationPlan(
      rounds: rounds, clientsPerRound: perRound, minimumClients: minimum,
      joinWindowSeconds: window, deadlineSeconds: deadline)
    machine = RoundMachine(
      rules: try RoundRules(plan, expectedClients: expected), key: Fixture.key,
      nextRound: nextRound,
      awaited: Set(awaited.map(ClientID.init(index:))),
      recordedCohort: recorded?.map(ClientID.init(index:)))
  }

  mutating func send(_ event: RoundEvent) -> [String] {
    machine.received(event, at: now).map(Self.word)
  }
  mutating func start() -> [String] { send(.started) }
  mutating func join(_ client: Int) -> [String] { send(.joined(ClientID(index: client))) }
  mutating func leave(_ client: Int) -> [String] {
    send(.left(ClientID(index: client), reason: "gone"))
  }
  mutating func update(_ client: Int, _ round: Int = 1) -> [String] {
    send(.updated(ClientID(index: client), round: round))
  }
  mutating func fail(_ client: Int, _ round: Int = 1) -> [String] {
    send(.failed(ClientID(index: client), round: round, reason: "out of disk"))
  }
  mutating func commit(_ round: Int) -> [String] { send(.committed(round: round)) }
  mutating func tick(at moment: Double) -> [String] {
    now = moment
    return send(.tick)
  }

  private static func number(_ client: ClientID) -> String {
    String(Int(client.name.suffix(4)) ?? -1)
  }

  static func word(_ action: RoundAction) -> String {
    func list(_ clients: [ClientID]) -> String {
      "[" + clients.map(number).joined(separator: " ") + "]"
    }
    switch action {
    case .open(let round, let cohort, _): return "open \(round) \(list(cohort))"
    case .assign(let client, _): return "assign \(number(client))"
    case .collect(let client, _): return "collect \(number(client))"
    case .withdraw(let client, _): return "withdraw \(number(client))"
    case .close(let round, let participants, let dropped):
      return "close \(round) \(list(participants))"
        + dropped.map { " -" + number($0.client) }.joined()
    case .survey(let round, let cohort): return "survey \(round) \(list(cohort))"
    case .surveyed(let participants, let dropped):
      return "surveyed \(list(participants))" + dropped.map { " -" + number($0.client) }.joined()
    case .waiting(let waiting): return "waiting \(waiting.have)/\(waiting.need)"
    case .finish: return "finish"
    case .abort(let error): return "abort \(error.code)"
    }
  }
}

@Suite struct RoundMachineTests {
  @Test func goesFromStartToFinish() throws {
    var run = try Script(rounds: 2, expected: 2)
    #expect(run.start() == ["waiting 0/2"])
    #expect(run.join(1) == ["waiting 1/2"])
    #expect(run.join(0) == ["open 1 [0 1]", "assign 0", "assign 1"])
    #expect(run.update(1) == [])
    #expect(run.update(0) == ["close 1 [0 1]"])
    #expect(run.commit(1) == ["open 2 [0 1]", "assign 0", "assign 1"])
    #expect(run.update(0, 2) == [])
    #expect(run.update(1, 2) == ["close 2 [0 1]"])
    #expect(run.commit(2) == ["finish"])
    #expect(run.join(0) == [])
  }

  @Test func joinWindowStartsWithThoseThere() throws {
    var run = try Script(minimum: 2, expected: 4, window: 30)
    _ = run.start()
    #expect(run.machine.wakeUpAt == 30)
    #expect(run.join(3) == ["waiting 1/4"])
    #expect(run.join(1) == ["waiting 2/4"])
    #expect(run.tick(at: 29) == [])
    #expect(run.tick(at: 30) == ["open 1 [1 3]", "assign 1", "assign 3"])
  }

  @Test func withoutExpectationTheWindowIsWaitedFor() throws {
    var run = try Script(minimum: 1, window: 10)
    _ = run.start()
    #expect(run.join(0) == ["waiting 1/1"])
    #expect(run.tick(at: 10).first == "open 1 [0]")
  }

  @Test func belowTheMinimumItWaitsThenGivesUp() throws {
    var run = try Script(minimum: 2, expected: 4, window: 30)
    _ = run.start()
    _ = run.join(0)
    #expect(run.tick(at: 30) == ["waiting 1/2"])
    #expect(run.machine.wakeUpAt == 60)
    #expect(run.tick(at: 60) == ["abort run.quorum"])
    #expect(run.join(1) == [])
  }

  @Test func aLateClientSavesTheRun() throws {
    var run = try Script(minimum: 2, expected: 4, window: 30)
    _ = run.start()
    _ = run.join(0)
    _ = run.tick(at: 30)
    run.now = 45
    #expect(run.join(1).first == "open 1 [0 1]")
  }

  @Test func cohortIsASampleThatDependsOnNamesOnly() throws {
    func cohort(_ order: [Int]) throws -> String? {
      var run = try Script(perRound: 3, expected: 8)
      _ = run.start()
      return order.flatMap { run.join($0) }.first { $0.hasPrefix("open") }
    }
    let expected = try cohort(Array(0..<8))
    for trial in 0..<10 {
      #expect(try cohort(Fixture.key.at("join").at(trial).permutation(of: 8)) == expected)
    }
  }

  @Test func duplicatesAndStrangersAreIgnored() throws {
    var run = try Script(expected: 2)
    _ = run.start() + run.join(0) + run.join(1)
    #expect(run.machine.awaits(ClientID(index: 0), round: 1))
    #expect(run.update(0) == [])
    #expect(!run.machine.awaits(ClientID(index: 0), round: 1))
    #expect(run.update(0) == [])
    #expect(run.fail(0) == [])
    #expect(run.update(7) == [])
    #expect(run.update(1, 2) == [])
    #expect(run.update(1) == ["close 1 [0 1]"])
    #expect(run.update(1) == [])
  }

  @Test func aClientThatLeavesIsNotWaitedFor() throws {
    var run = try Script(minimum: 2, expected: 3)
    _ = run.start() + run.join(0) + run.join(1) + run.join(2)
    #expect(run.leave(2) == [])
    #expect(run.update(0) == [])
    #expect(run.update(1) == ["withdraw 2", "close 1 [0 1] -2"])
    #expect(run.commit(1).first == "open 2 [0 1]")
  }

  @Test func aClientThatReturnsTakesPart() throws {
    var run = try Script(minimum: 1, expected: 3)
    _ = run.start() + run.join(0) + run.join(1) + run.join(2)
    _ = run.leave(2)
    _ = run.update(0)
    #expect(run.join(2) == [])
    #expect(run.update(1) == [])
    #expect(run.update(2) == ["close 1 [0 1 2]"])
  }

  @Test func aRestartWithoutGoodbyeChangesNothing() throws {
    var run = try Script(expected: 2)
    _ = run.start() + run.join(0) + run.join(1)
    #expect(run.join(1) == [])
    #expect(run.update(1) == [])
    #expect(run.update(0) == ["close 1 [0 1]"])
  }

  @Test func aRoundWithoutQuorumWaitsForAReturn() throws {
    var run = try Script(minimum: 2, expected: 2, window: 20)
    _ = run.start() + run.join(0) + run.join(1)
    run.now = 100
    #expect(run.leave(1) == ["waiting 1/2"])
    #expect(run.machine.wakeUpAt == nil)
    run.now = 110
    #expect(run.update(0) == ["waiting 1/2"])
    #expect(run.machine.wakeUpAt == 130)
    run.now = 120
    #expect(run.join(1) == [])
    #expect(run.machine.wakeUpAt == nil)
    #expect(run.update(1) == ["close 1 [0 1]"])
  }

  @Test func patienceEnds() throws {
    var run = try Script(minimum: 2, expected: 2, window: 20)
    _ = run.start() + run.join(0) + run.join(1) + run.update(0)
    run.now = 5
    #expect(run.leave(1) == ["waiting 1/2"])
    #expect(run.tick(at: 25) == ["abort run.quorum"])
  }

  @Test func failuresAreDroppedWhileTheQuorumHolds() throws {
    var run = try Script(minimum: 1, expected: 3)
    _ = run.start() + run.join(0) + run.join(1) + run.join(2)
    #expect(run.fail(0) == [])
    #expect(run.update(0) == [])
    #expect(run.update(1) == [])
    #expect(run.update(2) == ["close 1 [1 2] -0"])
    #expect(run.commit(1).first == "open 2 [0 1 2]")
  }

  @Test func failuresThatEndTheQuorumEndTheRunWithTheirReasons() throws {
    var run = try Script(minimum: 2, expected: 2)
    _ = run.start() + run.join(0) + run.join(1)
    let actions = run.machine.received(
      .failed(ClientID(index: 1), round: 1, reason: "out of disk"), at: 0)
    guard case .abort(let error) = actions.last else {
      Issue.record("expected an abort, found \(actions)")
      return
    }
    #expect(error.description.contains("client-0001: out of disk"))
  }

  @Test func theDeadlineClosesWithThoseDone() throws {
    var run = try Script(minimum: 1, expected: 3, deadline: 90)
    _ = run.start() + run.join(0) + run.join(1) + run.join(2)
    #expect(run.machine.wakeUpAt == 90)
    _ = run.update(1)
    #expect(run.tick(at: 90) == ["withdraw 0", "withdraw 2", "close 1 [1] -0 -2"])
  }

  @Test func afterTheDeadlineTheMinimumCloses() throws {
    var run = try Script(minimum: 2, expected: 3, deadline: 90)
    _ = run.start() + run.join(0) + run.join(1) + run.join(2)
    _ = run.update(1)
    #expect(run.tick(at: 90) == [])
    #expect(run.machine.wakeUpAt == nil)
    run.now = 95
    #expect(run.update(0) == ["withdraw 2", "close 1 [0 1] -2"])
  }

  @Test func aClientThatKeepsLeavingIsGivenUp() throws {
    var run = try Script(minimum: 1, expected: 2)
    _ = run.start() + run.join(0) + run.join(1)
    for _ in 0..<RoundRules.largestDepartures { _ = run.leave(1) + run.join(1) }
    #expect(run.leave(1) == ["withdraw 1"])
    #expect(run.join(1) == [])
    #expect(run.update(0) == ["close 1 [0] -1"])
  }

  @Test func betweenRoundsOnlyTheMinimumIsWaitedFor() throws {
    var run = try Script(minimum: 2, expected: 3, window: 20)
    _ = run.start() + run.join(0) + run.join(1) + run.join(2)
    _ = run.update(0) + run.update(1) + run.update(2)
    _ = run.leave(0) + run.leave(2)
    run.now = 50
    #expect(run.commit(1) == ["waiting 1/2"])
    #expect(run.machine.wakeUpAt == 70)
    #expect(run.join(2).first == "open 2 [1 2]")
  }

  @Test func contradictoryNumbersAreRefused() {
    #expect(throws: TributaryError.self) { try Script(perRound: 2, minimum: 3) }
    #expect(throws: TributaryError.self) { try Script(minimum: 5, expected: 4) }
    #expect(throws: TributaryError.self) { try Script(rounds: 0) }
  }
}

@Suite struct RoundMachineResumeTests {
  @Test func theRecordedCohortIsReused() throws {
    var run = try Script(
      rounds: 5, perRound: 2, expected: 6, nextRound: 3, awaited: [0, 1, 2, 3], recorded: [1, 3])
    #expect(run.start() == ["waiting 0/4"])
    #expect(run.join(5) == ["waiting 1/4"])
    _ = run.join(0) + run.join(3) + run.join(2)
    #expect(run.join(1) == ["open 3 [1 3]", "assign 1", "assign 3"])
  }

  @Test func membersThatDoNotComeBackAreGivenTheirTaskWhenTheyDo() throws {
    var run = try Script(
      minimum: 1, window: 30, nextRound: 2, awaited: [0, 1], recorded: [0, 1])
    _ = run.start() + run.join(0)
    #expect(run.tick(at: 30) == ["open 2 [0 1]", "assign 0"])
    #expect(run.join(1) == ["assign 1"])
    #expect(run.update(0, 2) == [])
    #expect(run.update(1, 2) == ["close 2 [0 1]"])
  }

  @Test func aRunWithAllRoundsDoneFinishesAlone() throws {
    var run = try Script(rounds: 2, nextRound: 3)
    #expect(run.start() == ["finish"])
  }
}
