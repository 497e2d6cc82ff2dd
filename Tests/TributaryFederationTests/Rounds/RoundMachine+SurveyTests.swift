import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// The one task of every client after the last round.
@Suite struct RoundMachineSurveyTests {
  private struct Run {
    var machine: RoundMachine
    var now = 0.0

    init(
      rounds: Int = 1, minimum: Int = 2, perRound: Int? = 2, deadline: Double? = nil,
      nextRound: Int = 1, awaited: [Int] = []
    ) throws {
      let plan = FederationPlan(
        rounds: rounds, clientsPerRound: perRound, minimumClients: minimum, joinWindowSeconds: 30,
        deadlineSeconds: deadline)
      machine = RoundMachine(
        rules: try RoundRules(plan, expectedClients: 3), key: Fixture.key, surveys: true,
        nextRound: nextRound, awaited: Set(awaited.map(ClientID.init(index:))))
    }

    mutating func send(_ event: RoundEvent) -> [String] {
      machine.received(event, at: now).map(Script.word)
    }

    mutating func join(_ clients: Range<Int>) -> [String] {
      clients.flatMap { send(.joined(ClientID(index: $0))) }
    }

    /// To the end of the only round.
    mutating func doRound() -> [String] {
      _ = send(.started)
      let opened = join(0..<3)
      for word in opened where word.hasPrefix("assign") {
        _ = update(Int(word.suffix(1)) ?? 0, round: 1)
      }
      return send(.committed(round: 1))
    }

    mutating func update(_ client: Int, round: Int) -> [String] {
      send(.updated(ClientID(index: client), round: round))
    }
  }

  @Test func everybodyIsAskedNotOnlyTheLastCohort() throws {
    var run = try Run()
    #expect(run.doRound() == ["survey 2 [0 1 2]", "assign 0", "assign 1", "assign 2"])
    #expect(run.update(2, round: 2) == [] && run.update(0, round: 2) == [])
    #expect(run.machine.awaits(ClientID(index: 1), round: 2))
    #expect(run.update(1, round: 2) == ["surveyed [0 1 2]", "finish"])
    #expect(run.join(0..<1) == [])
  }

  @Test func whoFailsOrLeavesIsNotWaitedFor() throws {
    var run = try Run()
    _ = run.doRound()
    _ = run.send(.failed(ClientID(index: 0), round: 2, reason: "out of disk"))
    _ = run.send(.left(ClientID(index: 1), reason: "gone"))
    #expect(run.update(2, round: 2) == ["withdraw 1", "surveyed [2] -0 -1", "finish"])
  }

  @Test func withNobodyLeftTheRunEndsAllTheSame() throws {
    var run = try Run()
    _ = run.doRound()
    _ = run.send(.left(ClientID(index: 0), reason: "gone"))
    _ = run.send(.left(ClientID(index: 1), reason: "gone"))
    #expect(
      run.send(.failed(ClientID(index: 2), round: 2, reason: "no power"))
        == ["withdraw 0", "withdraw 1", "surveyed [] -0 -1 -2", "finish"])
  }

  @Test func theDeadlineHolds() throws {
    var run = try Run(deadline: 20)
    _ = run.doRound()
    _ = run.update(1, round: 2)
    #expect(run.machine.wakeUpAt == 20)
    run.now = 20
    #expect(
      run.send(.tick) == ["withdraw 0", "withdraw 2", "surveyed [1] -0 -2", "finish"])
  }

  @Test func anEarlyEndHasItToo() throws {
    var run = try Run(rounds: 9)
    _ = run.send(.started)
    for word in run.join(0..<3) where word.hasPrefix("assign") {
      _ = run.update(Int(word.suffix(1)) ?? 0, round: 1)
    }
    #expect(run.send(.concluded).first == "survey 2 [0 1 2]")
    #expect(run.send(.concluded) == [])
  }

  /// A resumed run waits for those that were there, as long as for a first round.
  @Test func aRestartDoesItAgain() throws {
    for event in [RoundEvent.started, .concluded] {
      var run = try Run(nextRound: 2, awaited: [0, 1, 2])
      #expect(run.send(event) == ["waiting 0/3"])
      #expect(run.join(0..<2) == ["waiting 1/3", "waiting 2/3"])
      #expect(run.join(2..<3).first == "survey 2 [0 1 2]")
      var late = try Run(nextRound: 2, awaited: [0, 1, 2])
      _ = late.send(event) + late.join(0..<1)
      late.now = 30
      #expect(late.send(.tick) == ["survey 2 [0]", "assign 0"])
    }
  }
}
