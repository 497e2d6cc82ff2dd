import Testing
import TributaryCore
import TributaryPlan
import TributarySimulation

@Suite struct SweepTests {
  private func sweep() throws -> Sweep {
    let grid = try SweepGrid(
      overrides: ["federation.strategy.kind=a,b", "local.epochs=2"], seeds: [1, 7])
    return Sweep(grid, plan: "run.yaml", seed: 0)
  }

  @Test func aTaskForEachCellAndSeed() throws {
    let tasks = try sweep().tasks
    #expect(
      tasks.map(\.folder) == [
        "federation.strategy.kind=a/seed-1", "federation.strategy.kind=a/seed-7",
        "federation.strategy.kind=b/seed-1", "federation.strategy.kind=b/seed-7",
      ])
    #expect(
      tasks[3].overrides == ["federation.strategy.kind=b", "local.epochs=2", "seed=7"])
  }

  @Test func withoutSeedsThePlansOwnIsTaken() throws {
    let grid = try SweepGrid(overrides: ["local.epochs=1,2"])
    let tasks = Sweep(grid, plan: "run.yaml", seed: 5).tasks
    #expect(tasks.map(\.folder) == ["local.epochs=1/seed-5", "local.epochs=2/seed-5"])
    #expect(tasks[0].overrides == ["local.epochs=1"])
  }

  @Test func oneFailureLeavesTheOthersAlone() async throws {
    var sweep = try sweep()
    var told: [SweepReport.Run.State] = []
    let finished = try await sweep.run { task in
      guard task.seed == 1 || task.folder.contains("kind=a") else {
        throw TributaryError("strategy.local", "b refuses the seed 7")
      }
      return (SweepReportTests.summary(Double(task.seed)), nil)
    } changed: { report, run in
      told.append(run.state)
      #expect(report.runs.count { $0.state != .pending } == told.count)
    }
    #expect(finished)
    #expect(told == [.complete, .complete, .complete, .failed])
    #expect(sweep.report.cells[0].figures["accuracy"] == SweepFigure([1, 7]))
    #expect(sweep.report.cells[1].figures["accuracy"] == SweepFigure([1]))
    #expect(sweep.report.cells[1].runs[1].reason == "b refuses the seed 7")
  }

  @Test func anInterruptionEndsIt() async throws {
    var sweep = try sweep()
    let finished = try await sweep.run { task in
      guard task.seed == 1 else { throw TributaryError("run.interrupted", "stopped") }
      return (SweepReportTests.summary(1), nil)
    } changed: { _, _ in
    }
    #expect(!finished)
    #expect(
      sweep.report.runs.map(\.state) == [.complete, .interrupted, .pending, .pending])
  }
}
