import Glibc
import Testing

extension EndToEnd {
  /// Asynchronous rounds over real processes: timing decides nothing.
  @Suite("Buffered rounds") struct FedBuffTests {
    private static let run = RunFile(
      epochs: 3, rounds: 6, minimumClients: 2, strategy: "fedbuff, bufferSize: 2, concurrency: 4")

    @Test("simulation and cluster end alike, whoever is slow")
    func sameDigest() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, Self.run)
        let expected = try await cluster.simulatedDigest()
        let coordinator = try await cluster.coordinator()
        let workers = try cluster.workers([2, 0, 3, 1], at: coordinator.address)
        // One that stands still for a while is waited for once its turn has come, and not before.
        workers[1].send(SIGSTOP)
        try await Task.sleep(for: .seconds(1))
        workers[1].send(SIGCONT)
        for worker in workers { try await worker.success() }
        #expect(try await coordinator.process.event("run.completed").digest == expected)
        let rounds = try cluster.events(in: "cluster").filter { $0.event == "round.completed" }
        #expect(rounds.count == 6 && rounds.allSatisfy { $0.participants?.count == 2 })
        #expect(rounds.contains { $0.metrics?["stalenessMaximum"] ?? 0 > 0 })
      }
    }

    @Test("a simulation dies within a round and goes on", arguments: [1, 3])
    func simulation(round: Int) async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, Self.run)
        let expected = try await cluster.simulatedDigest()
        let first = try cluster.simulation(output: "disturbed")
        try await first.event("round.started", round: round) { first.send(SIGKILL) }
        await first.destroy()
        let second = try cluster.simulation(output: "disturbed", resume: true)
        #expect(try await second.event("run.completed").digest == expected)
        try await second.success()
      }
    }
  }
}
