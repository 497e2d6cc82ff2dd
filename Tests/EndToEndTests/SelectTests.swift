import Foundation
import Testing

extension EndToEnd {
  /// Commands on features that stand still.
  @Suite("select and align") struct SelectTests {
    private struct Report: Decodable {
      struct Model: Decodable {
        var model: String
        var logME: Double
        var leep: Double?
        var probeAccuracy: Double
      }
      var examples: Int
      var clients: Int
      var models: [Model]
    }

    @Test("a backbone trained for the task is ranked before a random one") func select()
      async throws
    {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        for (name, epochs) in [("trained", 8), ("hardly", 1)] {
          try await workspace.output(
            "pretrain", cluster.plan, "--set", "local.epochs=\(epochs)", "--set",
            "local.optimizer.learningRate=\(epochs == 1 ? 1e-6 : 0.05)", "--output",
            workspace(name))
        }
        let arguments = ["select", cluster.plan, workspace("hardly/model"), workspace("trained")]
        let json = try await workspace.start(arguments + ["--json"]).success().output
        let report = try JSONDecoder().decode(
          Report.self, from: Data((json.first ?? "").utf8))
        #expect(report.clients == 4 && report.examples > 100)
        #expect(report.models.map(\.model) == [workspace("trained"), workspace("hardly/model")])
        #expect(report.models[0].logME > report.models[1].logME)
        #expect((report.models[0].leep ?? -9) > (report.models[1].leep ?? 0))
        let table = try await workspace.start(arguments).success().output
        #expect(table.first?.contains("LogME") ?? false)
        #expect(table.last?.contains("only sums") ?? false)
      }
    }

    @Test("align measures every ordered pair, and labels a target") func align() async throws {
      try await Workspace.run { workspace in
        let rows = (0..<40).map { row in
          let label = row % 2 == 0 ? "ill" : "healthy"
          return "\(label),\(row % 2 * 5 + row % 5),\(row % 7),\(row % 3)\n"
        }
        try workspace.write("class,a,b,c\n" + rows.joined(), to: "one.csv")
        try workspace.write("class,a,b,c\n" + rows.reversed().joined(), to: "two.csv")
        let pairs = try await workspace.output(
          "align", workspace("one.csv"), workspace("two.csv"), "--methods", "none,coral,kmm",
          "--classifier", "lda")
        #expect(pairs.count == 4 && pairs[1].contains("one -> two"))
        // Every example of the one domain is in the other.
        #expect(pairs[1].split(separator: " ").dropFirst(3).allSatisfy { (Double($0) ?? 0) > 80 })

        let bare = rows.map { $0.split(separator: ",").dropFirst().joined(separator: ",") }
        try workspace.write("a,b,c\n" + bare.joined(), to: "bare.csv")
        try await workspace.output(
          "align", workspace("one.csv"), "--target", workspace("bare.csv"), "--methods", "none",
          "--output", workspace("labels.txt"))
        let labels = try String(contentsOfFile: workspace("labels.txt"), encoding: .utf8)
        #expect(
          labels.split(separator: "\n").map(String.init)
            == (0..<40).map { $0 % 2 == 0 ? "ill" : "healthy" })
      }
    }
  }
}
