import Testing

extension EndToEnd {
  /// A target domain without labels, on the clients of a simulation and of a cluster.
  @Suite("Domains are adapted alike in simulation and cluster") struct DomainTests {
    private func run(
      _ workspace: Workspace, _ yaml: String, target: (Int) -> [String]
    ) async throws -> (simulated: String?, cluster: String?) {
      try SyntheticImages.write(to: workspace("data"), train: 160, test: 60)
      try SyntheticImages.write(to: workspace("other"), train: 120, test: 20)
      try workspace.write(yaml, to: "run.yaml")
      try await workspace.output(
        "partition", workspace("run.yaml"), "--output", workspace("shards"))
      let simulated = try await workspace.start(
        "simulate", workspace("run.yaml"), "--output", workspace("simulated"), "--json"
      ).event("run.completed").digest
      let coordinator = try workspace.start(
        "coordinator", workspace("run.yaml"), "--bind", "tcp://127.0.0.1:*", "--insecure",
        "--output", workspace("cluster"), "--json")
      let address = try #require(try await coordinator.event("listening").address)
      let workers = try (0..<3).map { index in
        try workspace.start(
          [
            "worker", "--connect", address, "--insecure", "--name", "client-000\(index)",
          ] + target(index))
      }
      let digest = try await coordinator.event("run.completed").digest
      for worker in workers { try await worker.success() }
      return (simulated, digest)
    }

    private func yaml(_ objectives: String, clients: Int, targetClients: Int) -> String {
      """
      name: domains
      seed: 5
      backbone: {architecture: cifar-resnet8}
      task: {kind: image-classification, classes: 4}
      data:
        train: data/train-images-idx3-ubyte
        test: data/t10k-images-idx3-ubyte
        target: other/train-images-idx3-ubyte
        targetClients: \(targetClients)
        partition: {kind: iid, clients: \(clients)}
      transfer: {objectives: \(objectives), batchNorm: \(targetClients == 0 ? "adapt" : "train")}
      local: {epochs: 1, batchSize: 16, optimizer: {kind: sgd, learningRate: 0.05, momentum: 0.9}}
      federation: {rounds: 3, minimumClients: 3}
      """
    }

    @Test("every client has some of both")
    func mixed() async throws {
      try await Workspace.run { workspace in
        let digests = try await run(
          workspace,
          yaml("[{kind: dann}, {kind: mmd}, {kind: l2-sp}]", clients: 3, targetClients: 0)
        ) { index in
          [
            "--data", workspace("shards/client-000\(index)"), "--target",
            workspace("shards/client-000\(index).target.idx"),
          ]
        }
        #expect(digests.simulated != nil && digests.simulated == digests.cluster)
      }
    }

    @Test("one client has the target alone")
    func separate() async throws {
      try await Workspace.run { workspace in
        let digests = try await run(
          workspace, yaml("[{kind: coral, weight: 5}, {kind: dann}]", clients: 2, targetClients: 1)
        ) { index in
          index < 2
            ? ["--data", workspace("shards/client-000\(index)")]
            : ["--target", workspace("shards/client-000\(index).target.idx")]
        }
        #expect(digests.simulated != nil && digests.simulated == digests.cluster)
      }
    }
  }
}
