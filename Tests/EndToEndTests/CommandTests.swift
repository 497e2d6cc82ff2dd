import Foundation
import Testing
import TributaryCore

extension EndToEnd {
  /// Each subcommand on what the others wrote.
  @Suite("Commands") struct CommandTests {
    @Test("every help has examples") func help() async throws {
      try await Workspace.run { workspace in
        let commands = [
          "simulate", "coordinator", "worker", "finetune", "partition", "report", "evaluate",
          "adapt", "predict", "generate", "features", "select", "align", "fisher", "inspect",
          "convert",
          "pull", "keygen", "bench",
        ]
        let top = try await workspace.output("--help")
        #expect(top.contains { $0.contains("EXAMPLES") })
        for command in commands {
          #expect(
            top.contains { $0.hasPrefix("  \(command) ") || $0.hasPrefix("  \(command), ") },
            "\(command) is listed")
          let help = try await workspace.output(command, "--help")
          #expect(help.contains { $0.contains("EXAMPLES") }, "\(command) has examples")
        }
      }
    }

    @Test("pretrain, inspect, evaluate, predict and features agree") func models() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let model = workspace("pretrained/model")
        let test = workspace("data/t10k-images-idx3-ubyte")
        let events = try await workspace.output(
          "pretrain", cluster.plan, "--set", "local.epochs=3", "--output", workspace("pretrained"),
          "--json"
        ).compactMap(Event.init)
        #expect(
          events.map(\.event) == Array(repeating: "epoch.completed", count: 3) + ["run.completed"])
        let completed = try #require(events.last)

        let inspected = try await workspace.output("inspect", model)
        #expect(inspected.last == "sha256 \(completed.digest ?? "")")
        #expect(inspected.contains { $0.hasPrefix("conv1.weight") && $0.contains("[16, 1, 3, 3]") })

        let report = try await report("evaluate", model, "--data", test, "--json", in: workspace)
        #expect(report.examples == 120)
        #expect(report.accuracy == completed.metrics?["accuracy"])
        #expect(abs(report.loss - (completed.metrics?["loss"] ?? 0)) < 1e-6)
        #expect(report.confusion.flatMap(\.self).reduce(0, +) == 120)
        let text = try await workspace.output("evaluate", model, "--data", test)
        for word in ["accuracy", "loss", "macro-F1", "precision", "recall", "support", "confusion"]
        {
          #expect(text.contains { $0.contains(word) }, "evaluate says \(word)")
        }
        let bare = try await self.report(
          "evaluate", model + "/model.safetensors", "--architecture", "cifar-resnet8", "--data",
          test,
          "--json", in: workspace)
        #expect(bare.accuracy == report.accuracy && bare.loss == report.loss)

        let predictions = try await Prediction.of(model, on: test, in: workspace)
        #expect(predictions.map(\.index) == Array(0..<120))
        for prediction in predictions {
          #expect(abs(prediction.probabilities.reduce(0, +) - 1) < 1e-5)
          #expect(prediction.probability == prediction.probabilities.max())
          #expect(prediction.probability == prediction.probabilities[prediction.label])
        }
        let labels = try Data(
          contentsOf: URL(fileURLWithPath: workspace("data/t10k-labels-idx1-ubyte"))
        ).dropFirst(8)
        let right = zip(predictions, labels).count { $0.label == Int($1) }
        #expect(Double(right) / 120 == report.accuracy)

        try await workspace.output(
          "features", model, "--data", test, "--output", workspace("features.safetensors"))
        let features = try await workspace.output("inspect", workspace("features.safetensors"))
        #expect(features.contains { $0.hasPrefix("features") && $0.contains("[120, 64]") })
      }
    }

    @Test("a character model that a run trained continues a text") func characters() async throws {
      try await Workspace.run { workspace in
        try workspace.write(String(repeating: "abcd efgh\n", count: 60), to: "text.txt")
        try workspace.write(
          """
          name: characters
          seed: 5
          backbone: {architecture: char-lstm}
          task: {kind: language-model, classes: 97}
          data: {train: text.txt, text: {maximumTokens: 24}}
          local: {epochs: 20, batchSize: 5, optimizer: {kind: adamw, learningRate: 0.01}}
          federation: {rounds: 1}
          """, to: "run.yaml")
        try await workspace.output("pretrain", workspace("run.yaml"), "--output", workspace("run"))
        let text = try await workspace.output(
          "generate", workspace("run"), "--prompt", "abcd ", "--max-tokens", "15",
          "--temperature", "0")
        #expect(text.joined(separator: "\n") == "abcd efgh\nabcd efgh\n")
      }
    }

    @Test("a run's folder serves as its model") func runFolder() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(
          workspace, RunFile(backbone: "{architecture: fedavg-2nn}", rounds: 2))
        let digest = try await cluster.simulatedDigest()
        #expect(
          try await workspace.output("inspect", workspace("undisturbed")).last == "sha256 \(digest)"
        )
        let report = try await report(
          "evaluate", workspace("undisturbed"), "--data", workspace("shards/client-0001"), "--json",
          in: workspace)
        #expect(report.accuracy > 0.3)
      }
    }

    @Test("partition and keygen may be run again") func again() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let shard = "shards/client-0002/shard.json"
        let before = try await workspace.systemDigest(of: shard)
        try await workspace.output("partition", cluster.plan, "--output", workspace("shards"))
        #expect(try await workspace.systemDigest(of: shard) == before)

        let key = "keys/workers/north/worker.key"
        let secret = try await workspace.systemDigest(of: key)
        let said = try await workspace.output(
          "keygen", workspace("keys"), "--name", "north", "--name", "late")
        #expect(try await workspace.systemDigest(of: key) == secret)
        #expect(said.contains { $0.hasPrefix("wrote") && $0.contains("late") })
        #expect(!said.contains { $0.hasPrefix("wrote") && $0.contains("north") })
      }
    }

    @Test("a partition is reported without its shards") func partitionReport() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let lines = try await workspace.output(
          "partition", cluster.plan, "--set",
          "data.partition={kind: pathological, clients: 4, classesPerClient: 1}", "--report",
          workspace("a.svg"), workspace("a.png"), workspace("a.json"))
        #expect(lines[0].hasPrefix("client"))
        #expect(lines[1].hasPrefix("client-0000"))
        #expect(lines[5].hasPrefix("pathological, seed 5: 4 clients"))
        let json = try String(contentsOfFile: workspace("a.json"), encoding: .utf8)
        #expect(lines.last.map { json.contains($0.dropFirst("sha256  ".count)) } == true)
        let svg = try String(contentsOfFile: workspace("a.svg"), encoding: .utf8)
        #expect(svg.hasPrefix("<?xml") && svg.hasSuffix("</svg>\n"))
        let png = try Data(contentsOf: URL(fileURLWithPath: workspace("a.png")))
        #expect(png.starts(with: [0x89, 0x50, 0x4e, 0x47]))
        let unknown = try await workspace.reason(
          "partition", cluster.plan, "--set", "data.partition.kind=patological")
        #expect(unknown.contains("did you mean \"pathological\"?"))
      }
    }

    @Test("a partition beside a larger one is refused") func smaller() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let reason = try await workspace.reason(
          "partition", cluster.plan, "--set", "data.partition.clients=2", "--set",
          "federation.minimumClients=2", "--output",
          workspace("shards"))
        #expect(reason.contains("shards/client-0002 is a shard of another partition"))
      }
    }

    private struct Report: Decodable {
      var examples: Int
      var accuracy: Double
      var loss: Double
      var confusion: [[Int]]
    }

    private func report(_ arguments: String..., in workspace: Workspace) async throws -> Report {
      let lines = try await workspace.output(arguments)
      return try JSONDecoder().decode(Report.self, from: Data((lines.first ?? "").utf8))
    }
  }
}
