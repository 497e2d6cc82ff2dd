import Foundation
import Testing

extension EndToEnd {
  /// What models learn from models.
  @Suite("Models learn from models") struct ModelsToModelsTests {
    @Test("an ensemble distilled, transfer compared, a sequence of tasks killed and resumed")
    func alikeAndResumed() async throws {
      try await Workspace.run { workspace in
        var file = RunFile(
          backbone: "{architecture: fedavg-2nn}", rounds: 2, strategy: "feddf, batchSize: 16")
        file.publicData = "data/t10k-images-idx3-ubyte"
        file.holdout = 0.25
        file.personalize = ", baselineEpochs: 2, fallBack: true"
        let cluster = try await Cluster(workspace, file)
        let expected = try await cluster.simulatedDigest()
        let coordinator = try await cluster.coordinator()
        let workers = try Cluster.all.map {
          try cluster.worker($0, at: coordinator.address, "--memory", workspace("memory-\($0)"))
        }
        for worker in workers { try await worker.success() }
        let completed = try await coordinator.process.event("run.completed")
        #expect(completed.digest == expected)
        #expect((0...1).contains(completed.metrics?["negativeTransfer"] ?? -1))
        #expect(
          completed.metrics?["keptAccuracy"] ?? 0 >= completed.metrics?["globalAccuracy"] ?? 1)
        let tables = try ["undisturbed", "cluster"].map {
          try String(contentsOfFile: workspace("\($0)/clients.csv"), encoding: .utf8)
        }
        #expect(tables[0] == tables[1] && tables[0].contains("scratchAccuracy"))

        try await resumes(workspace)
      }
    }

    /// Killed after its first task, a sequence ends with the bits of one that was not.
    private func resumes(_ workspace: Workspace) async throws {
      try workspace.write(
        """
        name: sequence
        seed: 3
        backbone: {architecture: fedavg-2nn}
        task: {kind: image-classification, classes: \(SyntheticImages.classes)}
        data:
          tasks:
            - {train: data/train-images-idx3-ubyte, test: data/t10k-images-idx3-ubyte, labels: [0, 1]}
            - {train: data/train-images-idx3-ubyte, test: data/t10k-images-idx3-ubyte, labels: [2, 3]}
          replay: {size: 20}
        transfer: {objectives: [{kind: ewc, lambda: 1}, {kind: lwf}]}
        local: {epochs: 2, batchSize: 16, optimizer: {kind: sgd, learningRate: 0.05}}
        """, to: "sequence.yaml")
      func sequence(_ output: String, _ more: String...) throws -> RunningProcess {
        try workspace.start(
          ["sequence", workspace("sequence.yaml"), "--output", workspace(output), "--json"] + more)
      }
      let whole = try await sequence("whole").event("sequence.completed")
      let killed = try sequence("killed")
      try await killed.event("task.completed") { killed.send(SIGKILL) }
      await killed.destroy()
      let resumed = try await sequence("killed", "--resume").event("sequence.completed")
      #expect(whole.digest != nil && resumed.digest == whole.digest)
      let records = try ["whole", "killed"].map {
        try String(contentsOfFile: workspace("\($0)/sequence.csv"), encoding: .utf8)
      }
      #expect(records[0] == records[1] && records[0].split(separator: "\n").count == 4)
    }
  }
}
