import Foundation
import Testing

extension EndToEnd {
  /// What a user or a peer gets wrong: one line that says why, and nothing is lost.
  @Suite("Refusals") struct RefusalTests {
    @Test("no coordinator at that port") func wrongPort() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let worker = try cluster.worker(0, at: "tcp://127.0.0.1:1", "--patience", "2")
        let outcome = try await worker.outcome()
        #expect(outcome.status == 1)
        #expect(outcome.errors.last?.contains("127.0.0.1:1") ?? false)
      }
    }

    @Test("keys that do not fit: the worker is told, the coordinator stays") func wrongKeys()
      async throws
    {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        try await workspace.output("keygen", workspace("others"), "--name", "north")
        // A stranger's key, with the right coordinator's public key.
        try FileManager.default.copyItem(
          atPath: workspace("others/workers/north"), toPath: workspace("stranger"))
        try FileManager.default.removeItem(atPath: workspace("stranger/coordinator.pub"))
        try FileManager.default.copyItem(
          atPath: workspace("keys/coordinator.pub"), toPath: workspace("stranger/coordinator.pub"))

        let coordinator = try await cluster.coordinator()
        let address = coordinator.address
        let stranger = try cluster.worker(0, at: address, keys: "stranger")
        #expect(try await lastLine(stranger).contains("key"))
        let lost = try cluster.worker(0, at: address, keys: "others/workers/north")
        #expect(try await lastLine(lost).contains("coordinator.pub"))
        let plain = try workspace.start(
          "worker", "--connect", address, "--name", "north", "--insecure", "--data",
          workspace("shards/client-0000"), "--patience", "5")
        #expect(try await lastLine(plain).contains("--keys"))

        for worker in try cluster.workers(at: address) { try await worker.success() }
        try await coordinator.process.success()
      }
    }

    @Test("an encrypted worker at an open coordinator") func openCoordinator() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let open = try await cluster.listening(
          "coordinator", cluster.plan, "--bind", "tcp://127.0.0.1:*", "--insecure", "--output",
          workspace("open"), "--json")
        let worker = try cluster.worker(0, at: open.address, "--patience", "5")
        #expect(try await lastLine(worker).contains("insecure"))
      }
    }

    @Test("a name that is taken") func takenClient() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let coordinator = try await cluster.coordinator()
        let first = try cluster.worker(0, at: coordinator.address)
        try await coordinator.process.event("client.joined")
        let second = try workspace.start(
          "worker", "--connect", coordinator.address, "--name", "east", "--keys",
          workspace("keys/workers/east"), "--data", workspace("shards/client-0000"))
        #expect(try await lastLine(second).contains("client-0000"))
        for worker in try cluster.workers([1, 2, 3], at: coordinator.address) + [first] {
          try await worker.success()
        }
      }
    }

    @Test("data that is not there, or does not fit") func data() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, RunFile(classes: 4, joinWindowSeconds: 5))
        let missing = try await workspace.reason(
          "worker", "--connect", "tcp://127.0.0.1:1", "--insecure", "--name", "a", "--data",
          workspace("nothing"))
        #expect(missing.contains("nothing"))

        for command in ["simulate", "partition", "pretrain"] {
          let reason = try await workspace.reason(
            command, cluster.plan, "--set", "task.classes=3", "--output", workspace("out"))
          #expect(reason.contains("label 3"), "\(command): \(reason)")
        }
        #expect(!workspace.exists("out/model"))
      }
    }

    @Test("a worker whose labels are outside the classes") func foreignShard() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        // The coordinator knows three of the four classes; client-0000 has examples of all.
        try workspace.write(
          RunFile(classes: 3, rounds: 1, minimumClients: 1).yaml
            .replacingOccurrences(of: "data:\n", with: "data:\n  labels: [0, 1, 2]\n")
            .replacingOccurrences(of: "clients: 4", with: "clients: 1"), to: "run.yaml")
        let coordinator = try await cluster.coordinator()
        let worker = try cluster.worker(0, at: coordinator.address)
        let reason = try await Workspace.reason(of: coordinator.process)
        #expect(reason.contains("client-0000") && reason.contains("classes"))
        #expect(try await worker.outcome().status == 1)
      }
    }

    @Test("a damaged backbone", arguments: ["truncated", "garbage", "text"])
    func backbone(_ kind: String) async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        try await workspace.output("pretrain", cluster.plan, "--output", workspace("pretrained"))
        let weights = URL(fileURLWithPath: workspace("pretrained/model/model.safetensors"))
        let intact = try Data(contentsOf: weights)
        switch kind {
        case "truncated": try intact.prefix(intact.count - 1000).write(to: weights)
        case "garbage": try Data(repeating: 0xa5, count: 4096).write(to: weights)
        default: try Data("not a checkpoint\n".utf8).write(to: weights)
        }
        let reason = try await workspace.reason(
          "simulate", cluster.plan, "--set", "backbone={path: \(workspace("pretrained/model"))}",
          "--output", workspace("out"))
        #expect(reason.contains("model.safetensors"))
        #expect(!workspace.exists("out/ledger.sqlite"), "nothing was begun")
      }
    }

    @Test("a port that is taken, a folder that has a run, a folder that has none")
    func occupied() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let coordinator = try await cluster.coordinator()
        let taken = try await workspace.reason(
          "coordinator", cluster.plan, "--bind", coordinator.address, "--keys", workspace("keys"),
          "--output", workspace("second"))
        #expect(taken.contains(coordinator.address) && taken.contains("in use"))
        let running = try await workspace.reason(
          "coordinator", "--resume", workspace("cluster"))
        #expect(running.contains("in use") || running.contains("another coordinator"))

        let digest = try await cluster.simulatedDigest()
        let exists = try await workspace.reason(
          "simulate", cluster.plan, "--output", workspace("undisturbed"))
        #expect(exists.contains("already has the run"))
        #expect(
          try await workspace.systemDigest(of: "undisturbed/model/model.safetensors") == digest)
        let complete = try await workspace.reason(
          "simulate", cluster.plan, "--output", workspace("undisturbed"), "--resume")
        #expect(complete.contains("complete"))
        let missing = try await workspace.reason("coordinator", "--resume", workspace("data"))
        #expect(missing.contains("run") && missing.contains("data"))
        let simulated = try await workspace.reason(
          "simulate", cluster.plan, "--output", workspace("none"), "--resume")
        #expect(simulated.contains("none"))
        #expect(!workspace.exists("none"))
      }
    }

    @Test("an address that is none, a folder that is a file") func places() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        for address in ["tcp://127.0.0.1:99999", "127.0.0.1:7077", "tcp://127.0.0.1"] {
          let bind = try await workspace.reason(
            "coordinator", cluster.plan, "--bind", address, "--insecure", "--output",
            workspace("out"))
          #expect(bind.contains("\"\(address)\" is not an address"))
          let connect = try await workspace.reason(
            "worker", "--connect", address, "--insecure", "--name", "a", "--data",
            workspace("shards/client-0000"))
          #expect(connect.contains("\"\(address)\" is not an address"))
        }
        for command in ["simulate", "partition", "pretrain"] {
          let reason = try await workspace.reason(
            command, cluster.plan, "--output", workspace("run.yaml"))
          #expect(reason.contains("run.yaml"), "\(command): \(reason)")
          #expect(!reason.contains("NS"), "\(command): \(reason)")
        }
      }
    }

    @Test("training that diverges") func divergence() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let reason = try await workspace.reason(
          "simulate", cluster.plan, "--set", "local.optimizer.learningRate=1e30", "--output",
          workspace("out"), "--json")
        #expect(reason.contains("not a number") && reason.contains("learningRate"))
        #expect(!reason.contains("not done"))
        #expect(try cluster.events(in: "out").last?.event == "run.failed")
      }
    }

    @Test("a run file with a misspelt key") func misspelt() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let yaml = RunFile().yaml.replacingOccurrences(of: "  epochs:", with: "  epoch:")
        try workspace.write(yaml, to: "wrong.yaml")
        let line = yaml.split(separator: "\n").firstIndex { $0.contains("epoch:") } ?? -1
        let reason = try await workspace.reason(
          "simulate", workspace("wrong.yaml"), "--output", workspace("out"))
        #expect(reason.contains("wrong.yaml:\(line + 1)"))
        #expect(reason.contains("local.epoch") && reason.contains("\"epochs\""))
        #expect(!workspace.exists("out"))
        let type = try await workspace.reason(
          "simulate", cluster.plan, "--set", "local.epochs=many", "--output", workspace("out"))
        #expect(type.contains("local.epochs"))
      }
    }

    private func lastLine(_ process: RunningProcess) async throws -> String {
      let outcome = try await process.outcome()
      #expect(outcome.status == 1)
      return outcome.errors.last ?? ""
    }
  }
}
