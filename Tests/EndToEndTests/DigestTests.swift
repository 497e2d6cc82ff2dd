import Testing

extension EndToEnd {
  /// What is simulated is what is deployed, down to the last bit.
  @Suite("Simulation and cluster end alike") struct DigestTests {
    @Test("four workers in any order, three times, with batch norm")
    func anyOrder() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let expected = try await Undisturbed.shared.digest(of: RunFile())
        for (index, order) in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]].enumerated() {
          let (completed, _) = try await run(cluster, order: order, output: "cluster-\(index)")
          #expect(completed.digest == expected)
          #expect(
            try await workspace.systemDigest(of: "cluster-\(index)/model/model.safetensors")
              == expected)
        }
      }
    }

    @Test("a simulation of one client at a time, or of four", arguments: [1, 4])
    func parallel(_ clients: Int) async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let process = try workspace.start(
          "simulate", cluster.plan, "--parallel", "\(clients)", "--output", workspace("run"),
          "--json")
        let expected = try await Undisturbed.shared.digest(of: RunFile())
        #expect(try await process.event("run.completed").digest == expected)
      }
    }

    @Test("part of the clients in each round")
    func cohorts() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(
          workspace,
          RunFile(
            backbone: "{architecture: fedavg-2nn}", rounds: 4, clientsPerRound: 2,
            minimumClients: 2))
        let expected = try await cluster.simulatedDigest()
        let (completed, rounds) = try await run(cluster, order: [1, 3, 0, 2], output: "cluster")
        #expect(completed.digest == expected)
        #expect(rounds.allSatisfy { $0.participants?.count == 2 })
        #expect(Set(rounds.flatMap { $0.participants ?? [] }).count > 2)
      }
    }

    @Test("training examples changed at random, blocks unfrozen one by one, rates by depth")
    func whatMovesAndHow() async throws {
      try await Workspace.run { workspace in
        var file = RunFile(holdout: 0.2)
        file.augment = "[{kind: crop, padding: 2}, {kind: flip}, {kind: noise}]"
        file.transfer = ", unfreezeEvery: 1, blockDecay: 0.5, backboneRate: 0.5"
        let cluster = try await Cluster(workspace, file)
        let expected = try await cluster.simulatedDigest()
        let (completed, _) = try await run(cluster, order: [2, 0, 3, 1], output: "cluster")
        #expect(completed.digest == expected)
        file.augment = "[]"
        let plain = try await Cluster(workspace, file).simulation(output: "plain")
          .event("run.completed").digest
        #expect(plain != expected)
      }
    }

    @Test("clients with images of their own look, two classes each")
    func featureShift() async throws {
      try await Workspace.run { workspace in
        var file = RunFile(backbone: "{architecture: fedavg-2nn}", rounds: 2)
        file.partition = "{kind: pathological, clients: 4, classesPerClient: 2}"
        let plain = try await Cluster(workspace, file).simulation(output: "plain")
          .event("run.completed").digest
        file.featureShift = "{rotation: 30, brightness: 0.3, contrast: 0.3, noise: 0.05}"
        try workspace.write(file.yaml, to: "run.yaml")
        let cluster = try await Cluster(dividing: workspace)
        let expected = try await cluster.simulatedDigest()
        let (completed, _) = try await run(cluster, order: [3, 1, 2, 0], output: "cluster")
        #expect(completed.digest == expected && expected != plain)
      }
    }

    @Test("clients that learn from episodes", arguments: ["maml", "protonet"])
    func episodes(_ algorithm: String) async throws {
      try await Workspace.run { workspace in
        var file = RunFile(backbone: "{architecture: conv4-strided}", rounds: 2)
        file.partition = "{kind: iid, clients: 4}"
        file.method =
          "fine-tune, episodes: {algorithm: \(algorithm), ways: 2, shots: 1, queries: 2, "
          + "iterations: 2, metaBatch: 2, evaluationEpisodes: 5}"
        let cluster = try await Cluster(workspace, file)
        let expected = try await cluster.simulatedDigest()
        let (completed, rounds) = try await run(cluster, order: [3, 1, 2, 0], output: "cluster")
        #expect(completed.digest == expected)
        #expect(rounds.allSatisfy { (0...1).contains($0.metrics?["accuracy"] ?? -1) })
        #expect(rounds.allSatisfy { $0.metrics?["accuracyConfidence"] != nil })
      }
    }

    @Test("a pretrained backbone that stays is sent once")
    func frozenBackbone() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        try await workspace.output("pretrain", cluster.plan, "--output", workspace("pretrained"))
        try workspace.write(
          RunFile(backbone: "{path: pretrained/model, head: new}", method: "head").yaml,
          to: "run.yaml")
        let expected = try await cluster.simulatedDigest()
        let (completed, rounds) = try await run(cluster, order: [2, 1, 0, 3], output: "cluster")
        #expect(completed.digest == expected)
        let down = rounds.compactMap(\.bytesDown)
        // 78,000 numbers stay, 260 move; tasks and their frames are the rest.
        #expect(down[0] > 4 * 300_000)
        #expect(down[1] < down[0] / 20)
        #expect(rounds.allSatisfy { ($0.bytesUp ?? .max) < 40_000 })

        // Nor is it sent again to workers that kept it on disk.
        for output in ["first", "second"] {
          let coordinator = try await cluster.coordinator(output: output)
          for index in Cluster.all {
            _ = try cluster.worker(
              index, at: coordinator.address, "--cache", workspace("cache-\(index)"))
          }
          try await coordinator.process.success()
        }
        let again = try cluster.events(in: "second").first { $0.event == "round.completed" }
        #expect(again?.bytesDown ?? .max < down[0] / 20)
      }
    }

    @Test("the events say what happened, on stdout and in events.jsonl")
    func events() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let coordinator = try await cluster.coordinator()
        for worker in try cluster.workers(at: coordinator.address) { try await worker.success() }
        let lines = try await coordinator.process.success().output
        let shown = lines.compactMap(Event.init)
        #expect(shown.count == lines.count, "every line is a JSON object")
        for round in 1...3 {
          let event = try #require(
            shown.first { $0.event == "round.completed" && $0.round == round })
          #expect((0...1).contains(event.metrics?["accuracy"] ?? -1))
          #expect(event.metrics?["loss"] ?? -1 > 0)
          #expect(event.participants == (0..<4).map { "client-000\($0)" })
          #expect(event.bytesDown ?? 0 > 100_000 && event.bytesUp ?? 0 > 100_000)
          #expect(event.seconds ?? 0 > 0)
        }
        let last = try #require(shown.last)
        #expect(last.event == "run.completed" && last.rounds == 3)
        #expect(last.digest?.count == 64 && last.seconds ?? 0 > 0)
        #expect(last.metrics?["accuracy"] ?? 0 > 0.3)
        #expect(last.model.map { $0.hasSuffix("cluster/model") } ?? false)

        let transient: Set = ["listening", "client.updated"]
        let kept = try cluster.events(in: "cluster").map(\.event)
        #expect(kept == shown.map(\.event).filter { !transient.contains($0) })
      }
    }

    /// Runs a cluster undisturbed: its last event, and its rounds.
    private func run(
      _ cluster: Cluster, order: [Int], output: String
    ) async throws -> (completed: Event, rounds: [Event]) {
      let coordinator = try await cluster.coordinator(output: output)
      for worker in try cluster.workers(order, at: coordinator.address) {
        try await worker.success()
      }
      try await coordinator.process.success()
      let events = try cluster.events(in: output)
      return (try #require(events.last), events.filter { $0.event == "round.completed" })
    }
  }
}
