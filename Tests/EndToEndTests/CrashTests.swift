import Glibc
import Testing

extension EndToEnd {
  /// `kill -9`, anywhere.
  @Suite("Crashes") struct CrashTests {
    enum Moment: CaseIterable {
      case firstRound, laterRound, updateReceived

      var event: (name: String, round: Int) {
        switch self {
        case .firstRound: ("round.started", 1)
        case .laterRound: ("round.started", 2)
        case .updateReceived: ("client.updated", 2)
        }
      }
    }

    @Test(
      "the coordinator dies within a round and is resumed; the workers live on",
      arguments: Moment.allCases)
    func coordinator(_ moment: Moment) async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, .slow)
        let expected = try await Undisturbed.shared.digest(of: .slow)
        let first = try await cluster.coordinator()
        let workers = try cluster.workers(at: first.address)
        let (event, round) = moment.event
        try await first.process.event(event, round: round) { first.process.send(SIGKILL) }
        await first.process.destroy()
        let done = try cluster.events(in: "cluster").filter { $0.event == "round.completed" }
        #expect(done.count == (moment == .firstRound ? 0 : 1), "killed within the round")

        let second = try await cluster.resumedCoordinator()
        #expect(second.address == first.address)
        for worker in workers { try await worker.success() }
        try await second.process.success()
        let events = try cluster.events(in: "cluster")
        #expect(events.last?.digest == expected)
        #expect(events.compactMap { $0.event == "round.completed" ? $0.round : nil } == [1, 2, 3])
      }
    }

    @Test("the coordinator and all workers die")
    func everybody() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, .slow)
        let expected = try await Undisturbed.shared.digest(of: .slow)
        let first = try await cluster.coordinator()
        let workers = try cluster.workers(at: first.address)
        try await first.process.event("round.started", round: 3) { first.process.send(SIGKILL) }
        await first.process.destroy()
        for worker in workers { await worker.destroy() }

        let second = try await cluster.resumedCoordinator()
        for worker in try cluster.workers([3, 1, 2, 0], at: second.address) {
          try await worker.success()
        }
        #expect(try await second.process.event("run.completed").digest == expected)
      }
    }

    @Test("a simulation dies within a round", arguments: [1, 2])
    func simulation(round: Int) async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, .slow)
        let expected = try await Undisturbed.shared.digest(of: .slow)
        let first = try cluster.simulation(output: "disturbed")
        try await first.event("round.started", round: round) { first.send(SIGKILL) }
        await first.destroy()
        let second = try cluster.simulation(output: "disturbed", resume: true)
        #expect(try await second.event("run.completed").digest == expected)
        try await second.success()
      }
    }

    @Test("a worker dies within a round and returns")
    func workerReturns() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, .slow)
        let expected = try await Undisturbed.shared.digest(of: .slow)
        let coordinator = try await cluster.coordinator()
        var workers = try cluster.workers(at: coordinator.address)
        let victim = workers[2]
        try await coordinator.process.event("round.started", round: 2) { victim.send(SIGKILL) }
        await victim.destroy()
        workers[2] = try cluster.worker(2, at: coordinator.address)
        for worker in workers { try await worker.success() }
        #expect(try await coordinator.process.event("run.completed").digest == expected)
        try await coordinator.process.success()
      }
    }

    @Test("a worker dies for good: the others go on")
    func workerGone() async throws {
      try await Workspace.run { workspace in
        var run = RunFile.slow
        run.minimumClients = 3
        let cluster = try await Cluster(workspace, run)
        let coordinator = try await cluster.coordinator()
        let workers = try cluster.workers(at: coordinator.address)
        try await coordinator.process.event("round.started", round: 2) {
          workers[1].send(SIGKILL)
        }
        for index in [0, 2, 3] { try await workers[index].success() }
        try await coordinator.process.success()
        let rounds = try cluster.events(in: "cluster").filter { $0.event == "round.completed" }
        #expect(rounds.count == 3)
        #expect(rounds.last?.participants == ["client-0000", "client-0002", "client-0003"])
      }
    }

    @Test("too few are left: the run says so and can be resumed")
    func tooFew() async throws {
      try await Workspace.run { workspace in
        var run = RunFile.slow
        run.joinWindowSeconds = 6
        let cluster = try await Cluster(workspace, run)
        let expected = try await Undisturbed.shared.digest(of: .slow)
        let first = try await cluster.coordinator()
        let workers = try cluster.workers(at: first.address)
        try await first.process.event("round.started", round: 2) { workers[1].send(SIGKILL) }
        let outcome = try await first.process.outcome()
        #expect(outcome.status == 1)
        #expect(outcome.errors.count == 1)
        #expect(outcome.errors.last?.contains("client-0001") ?? false)
        for index in [0, 2, 3] {
          #expect(try await Workspace.reason(of: workers[index]).contains("client-0001"))
        }

        let second = try await cluster.resumedCoordinator()
        for worker in try cluster.workers(at: second.address) { try await worker.success() }
        #expect(try await second.process.event("run.completed").digest == expected)
      }
    }
  }
}
