import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// Rounds that are fillings of a buffer.
@Suite struct RoundMachineBufferedTests {
  /// Ten clients, buffers of two, five at work.
  private func machine(
    rounds: Int = 4, minimum: Int = 1, surveys: Bool = false, nextRound: Int = 1,
    flights: Flights = Flights(), recorded: [ClientID]? = nil
  ) throws -> RoundMachine {
    RoundMachine(
      rules: try RoundRules(
        FederationPlan(rounds: rounds, minimumClients: minimum), expectedClients: 10),
      key: Fixture.key, surveys: surveys, buffer: UpdateBuffer(size: 2, concurrency: 5),
      flights: flights, nextRound: nextRound, recordedCohort: recorded)
  }

  /// A machine and the tasks that are out, as `client` and the round it began in.
  private struct Run {
    var machine: RoundMachine
    var tasks: [(client: ClientID, round: Int)] = []
    var closed: [[ClientID]] = []
    var cohorts: [[ClientID]] = []
    var started: [Int] = []
    var withdrawn: [ClientID] = []
    var round = 0
    var isFinished = false

    init(_ machine: RoundMachine) { self.machine = machine }

    mutating func join() {
      send(.started)
      for client in Fixture.clients(10) { send(.joined(client)) }
    }

    mutating func send(_ event: RoundEvent) {
      var collected: [RoundEvent] = []
      for action in machine.received(event, at: 0) {
        switch action {
        case .open(let number, let cohort, _):
          round = number
          cohorts.append(cohort)
        case .assign(let client, let number):
          tasks.append((client, number))
          started.append(number)
        case .collect(let client, let number):
          collected.append(.updated(client, round: number, loss: 1))
        case .close(_, let participants, _): closed.append(participants)
        case .withdraw(let client, _): withdrawn.append(client)
        case .finish: isFinished = true
        default: break
        }
      }
      for event in collected { send(event) }
      if closed.count == round, round > 0, !isFinished, cohorts.count == closed.count {
        let done = round
        round = 0
        send(.committed(round: done))
      }
    }

    mutating func update(at index: Int) {
      let task = tasks.remove(at: index)
      send(.updated(task.client, round: task.round, loss: 1))
    }

    mutating func fail(at index: Int) {
      let task = tasks.remove(at: index)
      send(.failed(task.client, round: task.round, reason: "out of disk"))
    }
  }

  @Test func everybodyAtWorkHasATaskAtOnce() throws {
    var run = Run(try machine())
    run.join()
    // Five, and one in the place of the first that is done.
    #expect(run.started == [1, 1, 1, 1, 1, 1])
    #expect(run.tasks.prefix(2).map(\.client).sorted() == run.cohorts[0])
  }

  /// Whatever the order in which updates really come in, the same clients fill the same buffers.
  @Test func orderOfArrivalChangesNoBuffer() throws {
    var expected: [[ClientID]]?
    for trial in 0..<50 {
      var random = Fixture.key.at("arrival").at(trial).generator
      var run = Run(try machine(rounds: 12))
      run.join()
      while !run.isFinished { run.update(at: random.below(run.tasks.count)) }
      #expect(run.closed == run.cohorts && run.closed.count == 12)
      expected = expected ?? run.closed
      #expect(run.closed == expected)
    }
  }

  @Test func anUpdateCountsOnceItsRoundHasCome() throws {
    var run = Run(try machine())
    run.join()
    let late = try #require(run.machine.flights.ahead.first)
    #expect(run.machine.awaits(late.client, round: 1))
    #expect(run.machine.isAhead(late.client, round: 1))
    run.send(.updated(late.client, round: 1))
    #expect(!run.machine.awaits(late.client, round: 1) && run.closed.isEmpty)
    for client in run.cohorts[0] {
      #expect(!run.machine.isAhead(client, round: 1))
      run.send(.updated(client, round: 1))
    }
    #expect(run.closed == [run.cohorts[0]])
  }

  /// A failure counts where it was due in virtual time, and the next that is done takes the place.
  @Test func orderOfFailuresChangesNoBuffer() throws {
    var expected: [[ClientID]]?
    for trial in 0..<50 {
      var random = Fixture.key.at("failures").at(trial).generator
      var run = Run(try machine(rounds: 12, minimum: 2))
      run.join()
      while !run.isFinished {
        let index = random.below(run.tasks.count)
        let task = run.tasks[index]
        var fate = Fixture.key.at("fate").at(task.client.name).at(task.round).generator
        if fate.below(4) == 0 { run.fail(at: index) } else { run.update(at: index) }
      }
      #expect(run.closed.count == 12 && run.closed.allSatisfy { $0.count == 2 })
      #expect(run.closed != run.cohorts, "somebody must have failed")
      expected = expected ?? run.closed
      #expect(run.closed == expected)
    }
  }

  @Test func theNextTakesThePlaceOfOneThatFails() throws {
    var run = Run(try machine(minimum: 2))
    run.join()
    let next = try #require(run.machine.flights.ahead.first).client
    run.send(.updated(next, round: 1))
    run.send(.failed(run.cohorts[0][0], round: 1, reason: "out of disk"))
    #expect(run.closed == [])
    run.send(.updated(run.cohorts[0][1], round: 1))
    #expect(run.closed == [[run.cohorts[0][1], next].sorted()])
  }

  /// Where the next in line is away, and nobody comes back, another at work fills the buffer.
  @Test func whoIsAwayIsRelievedOncePatienceIsOver() throws {
    var machine = try machine(minimum: 2)
    _ = machine.received(.started, at: 0)
    for client in Fixture.clients(10) { _ = machine.received(.joined(client), at: 0) }
    let (cohort, ahead) = (
      machine.flights.cohort.map(\.client), machine.flights.ahead.map(\.client)
    )
    for client in ahead { _ = machine.received(.updated(client, round: 1), at: 0) }
    _ = machine.received(.updated(cohort[0], round: 1), at: 0)
    _ = machine.received(.left(cohort[1], reason: "gone"), at: 0)
    let end = try #require(machine.wakeUpAt)
    #expect(machine.received(.tick, at: end) == [.collect(ahead[0], round: 1)])
    let closed = machine.received(.updated(ahead[0], round: 1), at: end)
    #expect(
      closed.contains {
        guard case .close(_, let participants, _) = $0 else { return false }
        return participants == [cohort[0], ahead[0]].sorted()
      })
  }

  @Test func aTaskAheadThatFailsIsWaitedForByNobody() throws {
    var run = Run(try machine())
    run.join()
    let lost = try #require(run.machine.flights.ahead.first).client
    run.send(.failed(lost, round: 1, reason: "out of disk"))
    #expect(!run.machine.awaits(lost, round: 1))
    for client in run.cohorts[0] { run.send(.updated(client, round: 1)) }
    #expect(run.machine.flights.cohort.contains { $0.client == lost })
    for client in run.machine.flights.cohort where client.client != lost {
      run.send(.updated(client.client, round: client.start))
    }
    #expect(run.closed.count == 2 && run.closed[1].count == 2 && !run.closed[1].contains(lost))
  }

  @Test func whoIsStillAtWorkAfterTheLastRoundIsRelieved() throws {
    var run = Run(try machine(rounds: 1, surveys: true))
    run.join()
    let working = run.machine.flights.ahead.map(\.client)
    run.send(.updated(working[0], round: 1))
    for client in run.cohorts[0] { run.send(.updated(client, round: 1)) }
    #expect(run.withdrawn.sorted() == working.dropFirst().sorted() && working.count > 1)
  }

  /// After a restart everybody at work is given the task again, with the round it began in.
  @Test func aRestartGivesEveryTaskAgain() throws {
    var run = Run(try machine())
    run.join()
    for client in run.cohorts[0] { run.send(.updated(client, round: 1)) }
    let flights = run.machine.flights
    var again = Run(try machine(nextRound: 2, flights: flights, recorded: run.cohorts[1]))
    again.send(.started)
    for client in Fixture.clients(10) { again.send(.joined(client)) }
    #expect(again.machine.flights == flights)
    #expect(
      Set(again.tasks.map { "\($0.client) \($0.round)" })
        == Set(flights.all.map { "\($0.client) \($0.start)" }))
    #expect(again.cohorts.last == run.cohorts[1])
  }

  @Test func oneThatIsAwayAfterARestartIsGivenItsTaskWhenItComes() throws {
    var first = Run(try machine())
    first.join()
    let flights = first.machine.flights
    let away = try #require(flights.ahead.last).client
    var machine = RoundMachine(
      rules: try RoundRules(FederationPlan(rounds: 4), expectedClients: 9), key: Fixture.key,
      buffer: UpdateBuffer(size: 2, concurrency: 5), flights: flights,
      recordedCohort: first.cohorts[0])
    _ = machine.received(.started, at: 0)
    for client in Fixture.clients(10) where client != away {
      _ = machine.received(.joined(client), at: 0)
    }
    #expect(machine.received(.joined(away), at: 0) == [.assign(away, round: 1)])
    #expect(machine.received(.joined(away), at: 0) == [])
  }
}
