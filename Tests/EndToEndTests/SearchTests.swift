import Foundation
import Testing

extension EndToEnd {
  /// `transfer: auto`, on a graph: in one place, in a simulation, and what it chose in a cluster.
  @Suite("Searches") struct SearchTests {
    private struct Report: Decodable, Equatable {
      struct Done: Decodable, Equatable {
        struct Job: Decodable, Equatable { var trial, rung: Int }
        struct Score: Decodable, Equatable { var value: Double? }
        var job: Job
        var score: Score
      }
      struct Chosen: Decodable, Equatable { var trial: Int }
      var levels: [Int]
      var jobs: [Done]
      var chosen: Chosen?

      init(_ folder: String) throws {
        let url = URL(fileURLWithPath: "\(folder)/search.json")
        self = try JSONDecoder().decode(Report.self, from: Data(contentsOf: url))
      }
    }

    /// Two classes of nodes, a ring each, whose words differ.
    private func write(_ workspace: Workspace) throws {
      try FileManager.default.createDirectory(
        atPath: workspace("graph"), withIntermediateDirectories: true)
      let nodes = 0..<80
      let part = ["train", "train", "val", "test"]
      try workspace.write(
        nodes.map { "\($0)\t\($0 % 2)\t\(part[$0 / 2 % 4])\n" }.joined(), to: "graph/nodes.tsv")
      try workspace.write(
        nodes.map { "\($0)\t\(($0 + 2) % 80)\n" }.joined(), to: "graph/edges.tsv")
      try workspace.write(
        nodes.map { "\($0)\t\($0 % 2 * 3 + $0 % 3) \(6 + $0 % 5)\n" }.joined(),
        to: "graph/features.tsv")
      try workspace.write(
        """
        name: graph
        seed: 5
        backbone: {architecture: gcn}
        task: {kind: node-classification, classes: 2}
        data: {train: graph, test: graph, partition: {kind: iid, clients: 4}}
        transfer:
          auto: {methods: [head, fine-tune, lora], lastBlocks: [0], learningRates: [0.01, 0.1]}
        local: {epochs: 4, batchSize: 100, optimizer: {kind: adamw}}
        federation: {rounds: 4, minimumClients: 4}
        """, to: "run.yaml")
    }

    @Test("the choice does not depend on interruptions, and its run file gives its digest")
    func choosesAndRuns() async throws {
      try await Workspace.run { workspace in
        try write(workspace)
        for (command, word) in [("finetune", "epochs"), ("simulate", "rounds")] {
          let auto = [command, workspace("run.yaml")]
          let lines = try await workspace.output(auto + ["--output", workspace(command)])
          #expect(lines.contains { $0.contains("left out: lora") })
          #expect(lines.contains { $0.hasPrefix("chosen: trial") && $0.contains(word) })
          let report = try Report(workspace(command))
          #expect(report.levels == [1, 4] && report.chosen != nil)
          // Only what is left is done again: here the last job and the choice.
          let digest = try await workspace.systemDigest(of: "\(command)/model/model.safetensors")
          var kept = try String(
            contentsOfFile: workspace("\(command)/search.json"), encoding: .utf8)
          let object = try JSONSerialization.jsonObject(with: Data(kept.utf8))
          var fields = try #require(object as? [String: Any])
          fields["chosen"] = nil
          fields["jobs"] = (fields["jobs"] as? [Any]).map { Array($0.dropLast()) }
          kept = String(decoding: try JSONSerialization.data(withJSONObject: fields), as: UTF8.self)
          try FileManager.default.createDirectory(
            atPath: workspace("\(command)-again"), withIntermediateDirectories: true)
          try workspace.write(kept, to: "\(command)-again/search.json")
          try await workspace.output(
            auto + ["--output", workspace("\(command)-again"), "--resume"])
          let again = try Report(workspace("\(command)-again"))
          #expect(again.jobs == report.jobs && again.chosen == report.chosen)
          #expect(
            try await workspace.systemDigest(
              of: "\(command)-again/model/model.safetensors") == digest)
          // The chosen run file is the run.
          try await workspace.output(
            command, workspace("\(command)/chosen.yaml"), "--output", workspace("\(command)-run"))
          #expect(
            try await workspace.systemDigest(
              of: "\(command)-run/model/model.safetensors") == digest)
        }
        let reason = try await workspace.reason(
          "coordinator", workspace("run.yaml"), "--bind", "tcp://127.0.0.1:*", "--insecure",
          "--output", workspace("none"))
        #expect(reason.contains("chosen.yaml"))
        try workspace.write(
          try String(contentsOfFile: workspace("simulate/chosen.yaml"), encoding: .utf8),
          to: "run.yaml")
        let cluster = try await Cluster(dividing: workspace)
        let coordinator = try await cluster.coordinator()
        for worker in try cluster.workers([2, 0, 3, 1], at: coordinator.address) {
          try await worker.success()
        }
        let completed = try await coordinator.process.event("run.completed")
        #expect(
          completed.digest
            == (try await workspace.systemDigest(of: "simulate/model/model.safetensors")))
        #expect(completed.metrics?["accuracy"] ?? 0 > 0.7)
      }
    }
  }
}
