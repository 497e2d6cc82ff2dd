import Foundation
import Testing

extension EndToEnd {
  /// What every client does after the last round.
  @Suite("All clients after the last round") struct ClientSurveyTests {
    private static func run(_ strategy: String = "fedavg") -> RunFile {
      var file = RunFile(rounds: 2, clientsPerRound: 2, minimumClients: 2, strategy: strategy)
      file.holdout = 0.25
      file.personalizeEpochs = 2
      file.evaluation = "{clients: all}"
      return file
    }

    /// A table's rows by their names.
    private func table(_ path: String) throws -> [String: [String]] {
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      return Dictionary(uniqueKeysWithValues: lines.map { ($0[0], Array($0.dropFirst())) })
    }

    @Test(
      "simulation and cluster measure and keep the same; nothing but figures leaves a client",
      arguments: ["fedavg", "fedbn", "fedbuff, bufferSize: 2, concurrency: 3"])
    func sameFigures(strategy: String) async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, Self.run(strategy))
        let expected = try await cluster.simulatedDigest()
        let coordinator = try await cluster.coordinator()
        let workers = try Cluster.all.map {
          try cluster.worker(
            $0, at: coordinator.address, "--memory", workspace("memory-\($0)"))
        }
        for worker in workers { try await worker.success() }
        let completed = try await coordinator.process.event("run.completed")
        #expect(completed.digest == expected)
        let simulated = try table(workspace("undisturbed/clients.csv"))
        #expect(simulated.count == 5, "a header, and every client, not only the last round's")
        #expect(try table(workspace("cluster/clients.csv")) == simulated)

        let survey = try #require(
          cluster.events(in: "cluster").first { $0.event == "clients.evaluated" })
        for name in ["globalAccuracy", "tunedAccuracy"] {
          #expect(survey.metrics?[name] == completed.metrics?[name])
          #expect(survey.metrics?[name + "Worst"] != nil)
        }
        // Four small models and more went down; figures came up.
        #expect(survey.bytesUp ?? .max < 10_000)
        let kept = try Cluster.all.map { try tuned(workspace("memory-\($0)")) }
        #expect(kept.allSatisfy { $0.count == 1 })
        #expect(
          try Set(tuned(workspace("undisturbed/clients"))) == Set(kept.flatMap { $0 }))
      }
    }

    /// The contents of the fine-tuned models below a folder.
    private func tuned(_ folder: String) throws -> [Data] {
      guard let names = FileManager.default.enumerator(atPath: folder) else { return [] }
      var found: [Data] = []
      for case let name as String in names where name.hasSuffix("tuned.safetensors") {
        found.append(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
      }
      return found
    }

    @Test("every client's model on every client's examples, and the report of it all")
    func matrix() async throws {
      try await Workspace.run { workspace in
        var file = Self.run()
        file.evaluation = "{clients: all, matrix: true}"
        let cluster = try await Cluster(workspace, file)
        _ = try await cluster.simulatedDigest()
        let figures = try table(workspace("undisturbed/clients.csv"))
        let matrix = try table(workspace("undisturbed/matrix.csv"))
        let clients = try #require(matrix["model"])
        #expect(clients == (0..<4).map { "client-000\($0)" } && matrix.count == 5)
        let column = try #require(figures["client"]?.firstIndex(of: "tunedAccuracy"))
        for (index, client) in clients.enumerated() {
          #expect(matrix[client]?[index] == figures[client]?[column])
        }
        #expect(Set(clients.compactMap { matrix[$0]?[0] }).count > 1, "models differ")
        // A fine-tuned model is one that `evaluate` reads.
        let page = workspace("report.html")
        try await workspace.output("report", workspace("undisturbed"), "--output", page)
        let html = try String(contentsOfFile: page, encoding: .utf8)
        for part in ["tuned model on 4 clients", "Confusion of", "Models of", "Partition of"] {
          #expect(html.contains(part), "\(part)")
        }
        let reason = try await workspace.reason(
          "coordinator", cluster.plan, "--bind", "tcp://127.0.0.1:*", "--insecure", "--output",
          workspace("refused"))
        #expect(reason.contains("evaluation.matrix"))
      }
    }

    @Test("a worker without a place for a model of its own says so; the run ends all the same")
    func noMemory() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, Self.run())
        let coordinator = try await cluster.coordinator()
        for worker in try cluster.workers(at: coordinator.address) { try await worker.success() }
        _ = try await coordinator.process.event("run.completed")
        let failures = try cluster.events(in: "cluster").filter { $0.event == "client.failed" }
        #expect(failures.count == 4)
        #expect(failures.allSatisfy { $0.reason?.contains("--memory FOLDER") ?? false })
      }
    }
  }
}
