import Foundation
import Testing
import TributaryCore

extension EndToEnd {
  /// From episodes to a personal model.
  @Suite("adapt") struct AdaptTests {
    private struct Report: Decodable {
      var examples: Int?
      var digest: String?
      var episodes: Int?
      var metrics: [String: Double]
    }

    private struct Evaluated: Decodable { var accuracy: Double }

    @Test("a personal model of all classes, and the model measured on episodes")
    func personal() async throws {
      try await Workspace.run { workspace in
        let cluster = try await trained("protonet", in: workspace)
        let (few, test) = (
          workspace("data/train-images-idx3-ubyte"), workspace("data/t10k-images-idx3-ubyte")
        )
        let report = try await report(
          in: workspace, "--run", cluster.plan, "--data", few, "--test", test, "--output",
          workspace("mine"))
        let evaluated = try await workspace.output(
          "evaluate", workspace("mine"), "--data", test, "--json")
        let alone = try JSONDecoder().decode(
          Evaluated.self, from: Data((evaluated.first ?? "").utf8))
        let accuracy = try #require(report.metrics["accuracy"])
        #expect(alone.accuracy == accuracy && accuracy > 0.5)
        #expect(
          try await workspace.systemDigest(of: "mine/model.safetensors").description
            == report.digest)

        let measured = try await self.report(
          in: workspace, "--run", cluster.plan, "--episodes", "12")
        #expect(measured.episodes == 12 && measured.metrics["accuracyConfidence"] != nil)
      }
    }

    @Test("a classifier of two ways takes no four classes, two of them it does")
    func ways() async throws {
      try await Workspace.run { workspace in
        _ = try await trained("anil", in: workspace)
        let few = workspace("data/train-images-idx3-ubyte")
        let arguments = [
          "adapt", workspace("meta"), "--algorithm", "anil", "--steps", "5", "--learning-rate",
          "0.1", "--data", few, "--output", workspace("mine"),
        ]
        let reason = try await Workspace.reason(of: workspace.start(arguments))
        #expect(reason.contains("4 classes") && reason.contains("protonet"))
        try await workspace.output(arguments + ["--labels", "1,3"])
      }
    }

    private func trained(_ algorithm: String, in workspace: Workspace) async throws -> Cluster {
      var file = RunFile(backbone: "{architecture: conv4-strided}")
      file.method =
        "fine-tune, episodes: {algorithm: \(algorithm), ways: 2, shots: 2, queries: 3, "
        + "iterations: 10, evaluationEpisodes: 5}"
      let cluster = try await Cluster(workspace, file)
      try await workspace.output("finetune", cluster.plan, "--output", workspace("meta"))
      return cluster
    }

    private func report(
      in workspace: Workspace, _ arguments: String...
    ) async throws -> Report {
      let lines = try await workspace.output(["adapt", workspace("meta"), "--json"] + arguments)
      return try JSONDecoder().decode(Report.self, from: Data((lines.first ?? "").utf8))
    }
  }
}
