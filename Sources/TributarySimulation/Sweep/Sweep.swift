public import TributaryCoordinator
internal import TributaryCore
public import TributaryPlan

/// The runs of a grid, one after the other: which are to be done, in which folders, and what has come of them.
///
/// A run uses all cores itself, for its clients; cells beside each other would only take memory.
public struct Sweep: Sendable {
  /// One run of the grid.
  public struct Task: Sendable, Equatable {
    fileprivate var cell: Int
    public var seed: UInt64
    /// The run's folder in the sweep's: `federation.strategy.kind=fedprox/seed-3`.
    public var folder: String
    public var overrides: [String]
  }

  /// What a run that has ended gives.
  public typealias Result = (summary: RunSummary, roundsToTarget: Int?)

  public let tasks: [Task]
  public private(set) var report: SweepReport

  /// - Parameters:
  ///   - plan: the run file's path.
  ///   - seed: of the run file, where the grid names none.
  public init(_ grid: SweepGrid, plan: String, seed: UInt64) {
    let seeds = grid.seeds ?? [seed]
    tasks = grid.cells.enumerated().flatMap { index, cell in
      seeds.map { seed in
        Task(
          cell: index, seed: seed, folder: "\(cell.name)/seed-\(seed)",
          overrides: cell.overrides + (grid.seeds == nil ? [] : ["seed=\(seed)"]))
      }
    }
    report = SweepReport(
      plan: plan, keys: grid.axes.map(\.key),
      cells: grid.cells.map { cell in
        SweepReport.Cell(
          name: cell.name, values: cell.values,
          runs: seeds.map { SweepReport.Run(seed: $0, folder: "\(cell.name)/seed-\($0)") })
      })
  }

  /// Does every task, or finds it done; one that fails is written down, and the next one comes.
  ///
  /// - Parameters:
  ///   - done: the folders of tasks that are done: they come first, so that the table never forgets them.
  ///   - perform: runs a task to its end. Where it throws `run.interrupted` the sweep ends.
  ///   - changed: told after each task what there is by then; what it throws ends the sweep.
  /// - Returns: whether all tasks were come to.
  public mutating func run(
    done: Set<String> = [], _ perform: (Task) async throws -> Result,
    changed: (SweepReport, SweepReport.Run) throws -> Void
  ) async throws -> Bool {
    let order =
      tasks.filter { done.contains($0.folder) } + tasks.filter { !done.contains($0.folder) }
    for task in order {
      var run = SweepReport.Run(seed: task.seed, folder: task.folder)
      do {
        let result = try await perform(task)
        run.complete(result.summary, roundsToTarget: result.roundsToTarget)
      } catch let error as TributaryError where error.code == "run.interrupted" {
        run.state = .interrupted
      } catch {
        run.fail("\(error)")
      }
      report.cells[task.cell].set(run)
      try changed(report, run)
      if run.state == .interrupted { return false }
    }
    return true
  }
}
