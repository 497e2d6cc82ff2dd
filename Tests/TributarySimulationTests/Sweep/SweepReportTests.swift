import Testing
import TributaryCore
import TributaryCoordinator
import TributaryPlan
import TributarySimulation

@Suite struct SweepReportTests {
  static func summary(_ accuracy: Double, seconds: Double = 1) -> RunSummary {
    RunSummary(
      runID: "run", rounds: 3, digest: Digest(of: "model"),
      metrics: ["accuracy": accuracy, "loss": .nan], model: "model", seconds: seconds,
      bytesDown: 10, bytesUp: 20)
  }

  @Test func figuresAreOfCompleteRunsOnly() throws {
    var cell = SweepReport.Cell(
      name: "a", values: [],
      runs: (1...3).map { SweepReport.Run(seed: $0, folder: "a/seed-\($0)") })
    #expect(cell.figures.isEmpty)
    for (seed, accuracy) in [(1, 0.5), (2, 0.75)] {
      var run = cell.runs[seed - 1]
      run.complete(Self.summary(accuracy), roundsToTarget: seed == 1 ? 2 : nil)
      cell.set(run)
    }
    var failed = cell.runs[2]
    failed.fail("no")
    cell.set(failed)
    #expect(cell.runs.map(\.state) == [.complete, .complete, .failed])
    #expect(cell.figures["accuracy"] == SweepFigure([0.5, 0.75]))
    #expect(cell.figures["roundsToTarget"] == SweepFigure([2]))
    #expect(cell.figures["loss"] == nil, "not a number")
    #expect(cell.figures["bytesUp"]?.mean == 20)
  }

  @Test func comesBackFromJSON() throws {
    var run = SweepReport.Run(seed: .max, folder: "a/seed")
    run.complete(Self.summary(0.5), roundsToTarget: 1)
    let report = SweepReport(
      plan: "run.yaml", keys: ["k"],
      cells: [SweepReport.Cell(name: "a", values: ["v"], runs: [run])])
    let text = try PlanJSON.encode(report)
    #expect(try PlanJSON.decode(SweepReport.self, from: text) == report)
  }
}
