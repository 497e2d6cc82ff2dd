import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// Rounds that are fillings of a buffer.
@Suite struct RoundMachineBufferedTests {
  /// Ten clients, buffers of two, five at work.
  private func machine(
    rounds: Int = 4, nextRound: Int = 1, flights: Flights = Flights(), recorded: [ClientID]? = nil
  ) throws -> RoundMachine {
    RoundMachine(
      rules: try RoundRules(FederationPlan(rounds: rounds), expectedClients: 10),
      key: Fixture.key, buffer: UpdateBuffer(size: 2, concurrency: 5), flights: flights,
      nextRound: nextRound, recordedCohort: recorded)
  }

  /// A machine and the tasks that are out, as `client` and the round it began in.
  private struct Run {
    var machine: RoundMachine
    var tasks: [(client: ClientID, round: Int)] = []
    var closed: [[ClientID]] = []
    var cohorts: [[ClientID]] = []
    var started: [Int] = []
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

  @Test func aTaskAheadThatFailsIsNotWaitedFor() throws {
    var run = Run(try machine())
    run.join()
    let lost = try #require(run.machine.flights.ahead.first).client
    run.send(.failed(lost, round: 1, reason: "out of disk"))
    #expect(!run.machine.awaits(lost, round: 1))
    for client in run.cohorts[0] { run.send(.updated(client, round: 1)) }
    #expect(!run.machine.flights.all.contains { $0.client == lost && $0.start == 1 })
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
