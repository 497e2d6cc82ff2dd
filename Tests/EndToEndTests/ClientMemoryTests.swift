import Foundation
import Glibc
import Testing

extension EndToEnd {
  /// Strategies whose clients keep tensors: in one process, in a cluster, and after crashes the same.
  @Suite("What clients keep") struct ClientMemoryTests {
    @Test(
      "simulation and cluster end alike",
      arguments: ["fedavg", "fedadam", "reptile", "scaffold", "fedbn", "fedrep", "ditto"])
    func sameDigest(strategy: String) async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, RunFile(strategy: strategy, momentum: 0))
        let expected = try await cluster.simulatedDigest()
        let coordinator = try await cluster.coordinator()
        for worker in try workers(cluster, at: coordinator.address) { try await worker.success() }
        #expect(try await coordinator.process.event("run.completed").digest == expected)
        // What a client keeps is the same, too, and went nowhere.
        let kept = try files(workspace("undisturbed/clients"))
        let there = try Cluster.all.reduce(into: [:]) { all, index in
          all.merge(try files(workspace("memory-\(index)"))) { $1 }
        }
        #expect(kept == there)
        #expect(kept.isEmpty == ["fedavg", "fedadam", "reptile"].contains(strategy))
      }
    }

    @Test(
      "everybody dies in the second round, and in the third", arguments: ["scaffold", "fedper"])
    func crash(strategy: String) async throws {
      try await Workspace.run { workspace in
        let run = RunFile(epochs: 6, strategy: strategy, momentum: 0)
        let cluster = try await Cluster(workspace, run)
        let expected = try await Undisturbed.shared.digest(of: run)
        var coordinator = try await cluster.coordinator()
        for round in [2, 3] {
          let running = try workers(cluster, at: coordinator.address)
          let process = coordinator.process
          try await process.event("client.updated", round: round) {
            for worker in running { worker.send(SIGKILL) }
            process.send(SIGKILL)
          }
          await process.destroy()
          for worker in running { await worker.destroy() }
          coordinator = try await cluster.resumedCoordinator()
        }
        for worker in try workers(cluster, at: coordinator.address) { try await worker.success() }
        #expect(try await coordinator.process.event("run.completed").digest == expected)
      }
    }

    @Test("a simulation dies and goes on")
    func simulation() async throws {
      try await Workspace.run { workspace in
        let run = RunFile(epochs: 6, strategy: "scaffold", momentum: 0)
        let cluster = try await Cluster(workspace, run)
        let expected = try await Undisturbed.shared.digest(of: run)
        let first = try cluster.simulation(output: "disturbed")
        try await first.event("client.updated", round: 2) { first.send(SIGKILL) }
        await first.destroy()
        let second = try cluster.simulation(output: "disturbed", resume: true)
        #expect(try await second.event("run.completed").digest == expected)
        try await second.success()
      }
    }

    @Test("a worker without a place for them says so")
    func noMemory() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, RunFile(strategy: "fedbn"))
        let coordinator = try await cluster.coordinator()
        _ = try cluster.workers(at: coordinator.address)
        let outcome = try await coordinator.process.outcome()
        #expect(outcome.status == 1)
        #expect(outcome.errors.last?.contains("--memory FOLDER") ?? false)
      }
    }

    private func workers(_ cluster: Cluster, at address: String) throws -> [RunningProcess] {
      try Cluster.all.map {
        try cluster.worker($0, at: address, "--memory", cluster.workspace("memory-\($0)"))
      }
    }

    /// The files below a folder by their relative names; none where there is no folder.
    private func files(_ folder: String) throws -> [String: Data] {
      guard let names = FileManager.default.enumerator(atPath: folder) else { return [:] }
      var files: [String: Data] = [:]
      for case let name as String in names where name.hasSuffix(".safetensors") {
        files[name] = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      }
      return files
    }
  }
}
