import Testing

extension EndToEnd {
  /// Classifiers solved from sums: in a cluster, in one process, and on pooled data.
  @Suite("Heads in closed form") struct ClosedFormTests {
    @Test(
      "simulation and cluster end alike, and as pooled data would",
      arguments: ["ridge", "lda", "prototype"])
    func sameDigest(kind: String) async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(
          workspace,
          RunFile(
            method: "head", transfer: ", head: {kind: \(kind), minimumExamples: 1}", rounds: 1))
        let expected = try await cluster.simulatedDigest()
        let coordinator = try await cluster.coordinator()
        for worker in try cluster.workers([2, 0, 3, 1], at: coordinator.address) {
          try await worker.success()
        }
        let completed = try await coordinator.process.event("run.completed")
        #expect(completed.digest == expected)
        #expect(completed.metrics?["accuracy"] ?? 0 > 0.4)

        let pooled = try await workspace.output(
          "pretrain", cluster.plan, "--output", workspace("pooled"), "--json"
        ).compactMap(Event.init)
        #expect(pooled.last?.metrics?["accuracy"] == completed.metrics?["accuracy"])
      }
    }

    @Test("a client with few examples says why it sends nothing")
    func few() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(
          workspace,
          RunFile(
            method: "head", transfer: ", head: {kind: ridge, minimumExamples: 1000}", rounds: 1))
        let process = try cluster.simulation(output: "few")
        let outcome = try await process.outcome()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains { $0.contains("transfer.head.minimumExamples") })
      }
    }
  }
}
