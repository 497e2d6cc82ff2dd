import Foundation
import Glibc
import Testing

extension EndToEnd {
  /// `simulate` over a grid of settings and seeds.
  @Suite("Sweeps") struct SweepTests {
    private struct Report: Decodable, Equatable {
      struct Figure: Decodable, Equatable {
        var mean: Double
        var deviation: Double?
        var count: Int
      }
      struct Run: Decodable, Equatable {
        var seed: Int
        var folder: String
        var state: String
        var reason: String?
        var digest: String?
        var measures: [String: Double]
      }
      struct Cell: Decodable, Equatable {
        var name: String
        var values: [String]
        var runs: [Run]
        var figures: [String: Figure]
      }
      var cells: [Cell]

      init(_ workspace: Workspace, _ folder: String = "sweep") throws {
        let url = URL(fileURLWithPath: workspace("\(folder)/sweep.json"))
        self = try JSONDecoder().decode(Report.self, from: Data(contentsOf: url))
      }
    }

    private func start(
      _ cluster: Cluster, _ more: String..., seeds: String = "5..6"
    ) throws -> RunningProcess {
      try cluster.workspace.start(
        ["simulate", cluster.plan, "--output", cluster.workspace("sweep"), "--seeds", seeds] + more)
    }

    @Test("cells and seeds, each an ordinary run; the table is theirs") func grid() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        let expected = try await cluster.simulatedDigest()
        let strategies = ["--set", "federation.strategy.kind=fedavg,reptile,scaffold"]
        let target = ["--set", "federation.stopping={metric: loss, target: 1000}"]
        let process = try workspace.start(
          ["simulate", cluster.plan, "--output", workspace("sweep"), "--seeds", "5..6"]
            + strategies + target)
        let outcome = try await process.outcome()
        // SCAFFOLD refuses momentum; the others ran.
        #expect(outcome.status == 1)
        #expect(outcome.errors.last?.contains("2 of 6 runs failed") == true)
        let report = try Report(workspace)
        #expect(report.cells.map(\.values) == [["fedavg"], ["reptile"], ["scaffold"]])
        #expect(report.cells[2].runs.allSatisfy { $0.reason?.contains("momentum") == true })
        for cell in report.cells.prefix(2) {
          #expect(
            cell.runs.map(\.seed) == [5, 6] && cell.runs.allSatisfy { $0.state == "complete" })
          let accuracies = cell.runs.compactMap { $0.measures["accuracy"] }
          let figure = try #require(cell.figures["accuracy"])
          #expect(abs(figure.mean - (accuracies[0] + accuracies[1]) / 2) < 1e-12)
          let deviation = abs(accuracies[0] - accuracies[1]) / 2.0.squareRoot()
          #expect(abs((figure.deviation ?? -1) - deviation) < 1e-12)
          #expect(cell.figures["roundsToTarget"]?.mean == 1 && cell.figures["rounds"]?.mean == 1)
          for run in cell.runs {
            let ended = try #require(
              cluster.events(in: "sweep/\(run.folder)").last { $0.event == "run.completed" })
            #expect(
              ended.digest == run.digest
                && ended.bytesUp.map(Double.init) == run.measures["bytesUp"])
          }
        }
        let table = outcome.output.joined(separator: "\n")
        for word in [
          "fedavg", "reptile", "scaffold", "accuracy", "±", "roundsToTarget", "2 failed",
        ] {
          #expect(table.contains(word), "the table says \(word)")
        }
        let csv = try String(contentsOfFile: workspace("sweep/sweep.csv"), encoding: .utf8)
        #expect(csv.split(separator: "\r\n").count == 4)

        // Without the target, the cell with the file's own seed is the run that simulate makes.
        try await workspace.output(
          ["simulate", cluster.plan, "--output", workspace("whole"), "--set", "local.epochs=1,2"])
        let whole = try Report(workspace, "whole")
        #expect(whole.cells.map(\.name) == ["local.epochs=1", "local.epochs=2"])
        #expect(whole.cells[0].runs.map(\.digest) == [expected])
      }
    }

    @Test("Ctrl-C, then --resume: what is done is not done again") func resume() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace, .slow)
        let values = "federation.strategy.kind=fedavg,reptile"
        let first = try start(cluster, "--set", values, "--json")
        try await first.event("run.complete") { first.send(SIGINT) }
        let interrupted = try await first.outcome()
        #expect(interrupted.status == 130)
        #expect(interrupted.errors.count == 1)
        #expect(
          interrupted.errors[0].contains("--set '\(values)' --seeds 5..6")
            && interrupted.errors[0].contains("--resume"))
        let before = try Report(workspace).cells[0].runs[0]
        #expect(before.state == "complete")
        let model = workspace("sweep/\(before.folder)/model/model.safetensors")
        let written = try FileManager.default.attributesOfItem(atPath: model)[.modificationDate]

        let again = try await Workspace.reason(of: start(cluster, "--set", values))
        #expect(again.contains("--resume"))
        // More seeds than before may come.
        try await start(cluster, "--set", values, "--resume", seeds: "5..7").success()
        let report = try Report(workspace)
        #expect(report.cells.flatMap(\.runs).map(\.state) == Array(repeating: "complete", count: 6))
        #expect(report.cells[0].runs[0] == before)
        let now = try FileManager.default.attributesOfItem(atPath: model)[.modificationDate]
        #expect(now as? Date == written as? Date)

        // Another plan's runs are not taken for this one's.
        let other = try start(
          cluster, "--set", values, "--set", "local.batchSize=8", "--resume", seeds: "5..7")
        #expect(try await Workspace.reason(of: other).contains("another plan"))
        // Nor is what was done forgotten.
        let fewer = try start(cluster, "--set", values, "--resume", seeds: "5")
        #expect(try await Workspace.reason(of: fewer).contains("not asked for any more"))
        #expect(try Report(workspace) == report)
      }
    }

    @Test("two sweeps in one folder at once") func lock() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        try FileManager.default.createDirectory(
          atPath: workspace("sweep"), withIntermediateDirectories: true)
        let file = open(workspace("sweep/sweep.lock"), O_RDWR | O_CREAT, 0o600)
        #expect(flock(file, LOCK_EX) == 0)
        let reason = try await Workspace.reason(of: start(cluster))
        #expect(reason.contains("another sweep is going on in \(workspace("sweep"))"))
        #expect(!workspace.exists("sweep/sweep.json"))
        close(file)
        try await start(cluster).success()
      }
    }

    @Test("what is wrong with a sweep is said before it starts") func refusals() async throws {
      try await Workspace.run { workspace in
        let cluster = try await Cluster(workspace)
        for (more, words) in [
          (["--seeds", "5..1"], "--seeds"), (["--set", "local.epochs=1,,2"], "local.epochs"),
          (["--set", "local.epoch=1,2"], "local.epoch"),
          (["--seeds", "1", "--resume"], "no sweep"),
        ] {
          let process = try workspace.start(
            ["simulate", cluster.plan, "--output", workspace("sweep")] + more)
          #expect(try await Workspace.reason(of: process).contains(words), "\(more)")
          #expect(!workspace.exists("sweep"))
        }
      }
    }
  }
}
