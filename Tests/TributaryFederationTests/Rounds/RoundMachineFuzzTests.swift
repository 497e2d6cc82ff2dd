import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// Random histories: whatever happens, in whatever order, the machine keeps its promises.
@Suite struct RoundMachineFuzzTests {
  @Test(arguments: 0..<300)
  func keepsItsPromises(seed: Int) throws {
    var random = Fixture.key.at("fuzz").at(seed).generator
    let clients = Fixture.clients(2 + random.below(6))
    let minimum = 1 + random.below(clients.count)
    let perRound = random.below(2) == 0 ? nil : minimum + random.below(clients.count - minimum + 1)
    let plan = FederationPlan(
      rounds: 1 + random.below(5), clientsPerRound: perRound, minimumClients: minimum,
      joinWindowSeconds: Double(random.below(40)),
      deadlineSeconds: random.below(2) == 0 ? nil : Double(1 + random.below(30)))
    var watch = Watch(
      minimum: minimum,
      machine: RoundMachine(
        rules: try RoundRules(plan, expectedClients: random.below(2) == 0 ? nil : clients.count),
        key: Fixture.key))
    watch.send(.started)
    for _ in 0..<400 where !watch.ended {
      let client = clients[random.below(clients.count)]
      switch random.below(8) {
      case 0, 1, 2: watch.send(.joined(client))
      case 3: watch.send(.left(client, reason: "fuzz"))
      case 4, 5: watch.send(.updated(client, round: watch.round + random.below(2)))
      case 6: watch.send(.failed(client, round: watch.round, reason: "fuzz"))
      default:
        watch.now += Double(random.below(10))
        watch.send(.tick)
      }
      // The clock is asked for whenever the machine wants it.
      if let moment = watch.machine.wakeUpAt, moment <= watch.now { watch.send(.tick) }
    }
    watch.finish(clients)
    #expect(watch.ended, "it neither finished nor gave up")
    #expect(watch.broken == [])
  }

  /// Drives a machine and notes every promise it breaks.
  private struct Watch {
    let minimum: Int
    var machine: RoundMachine
    var now = 0.0
    var round = 0
    var ended = false
    var broken: [String] = []
    private var cohort: Set<ClientID> = []
    private var assigned: Set<ClientID> = []
    private var counted: Set<ClientID> = []
    private var isOpen = false

    init(minimum: Int, machine: RoundMachine) {
      self.minimum = minimum
      self.machine = machine
    }

    mutating func send(_ event: RoundEvent) {
      if case .updated(let client, let number, _) = event, machine.awaits(client, round: number) {
        counted.insert(client)
      }
      let actions = machine.received(event, at: now)
      for action in actions { check(action) }
      if actions.contains(where: { if case .close = $0 { true } else { false } }) {
        send(.committed(round: round))
      }
    }

    /// All clients stay and do their tasks; time passes: the run must come to an end.
    mutating func finish(_ clients: [ClientID]) {
      for _ in 0..<200 where !ended {
        for client in clients where !ended { send(.joined(client)) }
        for client in clients where !ended { send(.updated(client, round: round)) }
        if let moment = machine.wakeUpAt { now = max(now, moment) }
        if !ended { send(.tick) }
      }
    }

    private mutating func check(_ action: RoundAction) {
      func promise(_ kept: Bool, _ what: String) { if !kept { broken.append(what) } }
      promise(!ended, "an action after the end")
      switch action {
      case .open(let number, let asked, let present):
        promise(!isOpen && number == round + 1, "rounds one after the other")
        promise(asked == asked.sorted() && Set(asked).isSubset(of: present), "a sorted cohort")
        promise(present.count >= minimum, "enough clients to open")
        (round, isOpen, cohort, assigned, counted) = (number, true, Set(asked), [], [])
      case .assign(let client, let number):
        promise(isOpen && number == round && cohort.contains(client), "tasks for the cohort")
        promise(assigned.insert(client).inserted, "one task a client")
      case .collect: promise(false, "holds nothing back")
      case .survey, .surveyed: promise(false, "asks nobody after the last round")
      case .withdraw(let client, _): promise(cohort.contains(client), "withdraws the cohort's")
      case .close(let number, let participants, let dropped):
        promise(isOpen && number == round, "closes what is open")
        promise(participants.count >= minimum, "enough updates to close")
        promise(Set(participants) == counted, "aggregates exactly what was counted")
        promise(
          Set(participants + dropped.map(\.client)) == cohort
            && participants.count + dropped.count == cohort.count, "accounts for all it asked")
        isOpen = false
      case .waiting(let waiting):
        promise(waiting.have < waiting.need || !waiting.givesUp, "waits for somebody")
      case .finish, .abort: ended = true
      }
    }
  }
}
