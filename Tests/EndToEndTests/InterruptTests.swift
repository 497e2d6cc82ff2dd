import Glibc
import Testing

extension EndToEnd {
  /// Ctrl-C in every phase: exit code 130, one line, nothing lost.
  @Suite("Ctrl-C") struct InterruptTests {
    @Test("the coordinator, waiting for workers") func waiting() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let expected = try await Undisturbed.shared.digest(of: RunFile())
        let first = try await cluster.coordinator()
        try await first.process.event("waiting") { first.process.send(SIGINT) }
        try await expectInterrupted(first.process, says: "--resume")
        let second = try await cluster.resumedCoordinator()
        for worker in try cluster.workers(at: second.address) { try await worker.success() }
        #expect(try await second.process.event("run.completed").digest == expected)
      }
    }

    @Test("the coordinator, within a round") func coordinator() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, .slow)
        let expected = try await Undisturbed.shared.digest(of: .slow)
        let first = try await cluster.coordinator()
        let workers = try cluster.workers(at: first.address)
        try await first.process.event("round.started", round: 2) { first.process.send(SIGINT) }
        try await expectInterrupted(first.process, says: "--resume")
        for worker in workers { _ = try await Workspace.reason(of: worker) }
        let second = try await cluster.resumedCoordinator()
        for worker in try cluster.workers(at: second.address) { try await worker.success() }
        #expect(try await second.process.event("run.completed").digest == expected)
      }
    }

    @Test("a worker, looking for its coordinator") func lonelyWorker() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let worker = try cluster.worker(0, at: "tcp://127.0.0.1:1")
        try await worker.complaint("127.0.0.1:1")
        worker.send(SIGINT)
        #expect(try await worker.outcome().status == 130)
      }
    }

    @Test("a worker, while others are missing and while it trains") func worker() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, .slow)
        let expected = try await Undisturbed.shared.digest(of: .slow)
        let coordinator = try await cluster.coordinator()
        let waiting = try cluster.worker(0, at: coordinator.address)
        try await coordinator.process.event("client.joined")
        waiting.send(SIGINT)
        #expect(try await waiting.outcome().status == 130)

        var workers = try cluster.workers(at: coordinator.address)
        let interrupted = workers[3]
        try await coordinator.process.event("round.started", round: 2) { interrupted.send(SIGINT) }
        #expect(try await interrupted.outcome().status == 130)
        workers[3] = try cluster.worker(3, at: coordinator.address)
        for worker in workers { try await worker.success() }
        #expect(try await coordinator.process.event("run.completed").digest == expected)
      }
    }

    @Test("a simulation") func simulation() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, .slow)
        let expected = try await Undisturbed.shared.digest(of: .slow)
        let first = try cluster.simulation(output: "disturbed")
        try await first.event("round.started", round: 2) { first.send(SIGINT) }
        try await expectInterrupted(first, says: "--resume")
        let second = try cluster.simulation(output: "disturbed", resume: true)
        #expect(try await second.event("run.completed").digest == expected)
      }
    }

    @Test("pretraining") func pretraining() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let process = try workspace.start(
          "pretrain", cluster.plan, "--set", "local.epochs=1000", "--output", workspace("out"),
          "--json")
        try await process.event("epoch.completed") { process.send(SIGINT) }
        try await expectInterrupted(process, says: "--resume")
        #expect(!workspace.exists("out/model"))
      }
    }

    @Test("fine-tuning, killed and resumed") func finetuning() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let options = [
          cluster.plan, "--set", "local.epochs=60", "--set", "data.holdout=0.2", "--json",
          "--output",
        ]
        let whole = try await workspace.output(["finetune"] + options + [workspace("whole")])
        let first = try workspace.start(["finetune"] + options + [workspace("out")])
        try await first.event("epoch.completed") { first.send(SIGKILL) }
        _ = try await first.outcome()
        let second = try await workspace.output(
          ["finetune"] + options + [workspace("out"), "--resume"])
        let digest = second.compactMap(Event.init).last?.digest
        #expect(digest != nil && digest == whole.compactMap(Event.init).last?.digest)
      }
    }

    private func expectInterrupted(_ process: RunningProcess, says text: String) async throws {
      let outcome = try await process.outcome()
      #expect(outcome.status == 130)
      #expect(outcome.errors.count == 1)
      #expect(outcome.errors.last?.contains(text) ?? false)
    }
  }
}
