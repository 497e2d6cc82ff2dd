import ArgumentParser
import Foundation
import Logging
import TributaryCoordinator
import TributaryCore
import TributaryData
import TributaryPlan
import TributarySimulation
import TributaryStorage

/// Runs a grid of plans in one folder, each run in a folder of its own, and keeps the table beside them.
struct SweepRunner {
  var grid: SweepGrid
  /// The run file's path.
  var plan: String
  var directory: String
  var resume: Bool
  var parallel: Int?
  var log: Logger
  var printsJSON: Bool
  /// What to type to go on.
  var continuation: String

  private var record: String { "\(directory)/sweep.json" }

  func run() async throws {
    let plans = try readPlans()
    if resume { try checkDirectory() }
    let lock = try takeLock()
    defer { withExtendedLifetime(lock) {} }
    try checkDirectory()
    let seed = plans.values.lazy.compactMap { try? $0.get().seed }.first ?? 0
    var sweep = Sweep(grid, plan: plan, seed: seed)
    let done = resume ? try doneFolders(of: sweep, plans) : []
    if done.isEmpty { try save(sweep.report) }
    let stop = SweepStop()
    let trap = SignalTrap { stop.stop() }
    defer { withExtendedLifetime(trap) {} }
    let total = sweep.tasks.count
    var count = 0
    let isFinished = try await sweep.run(done: done) { task in
      try stop.check()
      let plan = try plans[task.overrides]?.get() ?? read(task.overrides)
      return try await result(of: plan, in: "\(directory)/\(task.folder)", stop: stop)
    } changed: { report, run in
      try save(report)
      count += 1
      try show(run, "\(count)/\(total)")
    }
    try close(sweep.report, isFinished: isFinished)
  }

  /// Held while the sweep goes on: two in one folder would train the same runs and write one table.
  private func takeLock() throws -> FileLock {
    try DurableFile.createFolder(directory)
    guard let lock = try FileLock(path: "\(directory)/sweep.lock") else {
      throw TributaryError(
        "sweep.locked", "another sweep is going on in \(directory)",
        advice: "wait for it, stop it, or choose another output folder")
    }
    return lock
  }

  private func read(_ overrides: [String]) throws -> RunPlan {
    try PlanOptions.plan(plan, overrides: overrides)
  }

  /// Every cell's plan, before anything starts: where none can be read, the reason is no cell's own.
  private func readPlans() throws -> [[String]: Result<RunPlan, any Error>] {
    let sweep = Sweep(grid, plan: plan, seed: 0)
    let plans = Dictionary(
      sweep.tasks.map(\.overrides).map { overrides in
        (overrides, Result { try read(overrides) })
      }
    ) { first, _ in first }
    if let first = sweep.tasks.first, !plans.values.contains(where: { (try? $0.get()) != nil }) {
      _ = try plans[first.overrides]?.get()
    }
    return plans
  }

  private func checkDirectory() throws {
    let isThere = DurableFile.exists(record)
    if isThere, !resume {
      throw TributaryError(
        "sweep.exists", "\(directory) already has a sweep",
        advice: "go on with --resume, or choose another output folder")
    }
    if !isThere, resume {
      throw TributaryError(
        "sweep.missing", "there is no sweep in \(directory)",
        advice: "name the folder given as --output when the sweep began")
    }
  }

  /// The folders of complete runs.
  /// - Throws: `run.planChanged` where one is another plan's, before anything is written or trained; `sweep.changed`
  ///   where the sweep had runs that the grid now lacks.
  private func doneFolders(
    of sweep: Sweep, _ plans: [[String]: Result<RunPlan, any Error>]
  ) throws -> Set<String> {
    let former = try PlanJSON.decode(
      SweepReport.self,
      from: String(decoding: DurableFile.read(record).array(of: UInt8.self), as: UTF8.self))
    let folders = Set(sweep.tasks.map(\.folder))
    if let lost = former.runs.map(\.folder).first(where: { !folders.contains($0) }) {
      throw TributaryError(
        "sweep.changed",
        "the sweep in \(directory) has the run \(lost), which is not asked for any more",
        advice: "ask for all values and seeds it had, or choose another output folder")
    }
    var done: Set<String> = []
    for task in sweep.tasks {
      let folder = "\(directory)/\(task.folder)"
      guard case .complete(let digest, _) = try RunDirectory.state(of: folder) else { continue }
      if let plan = try? plans[task.overrides]?.get() {
        try requireSame(plan, as: digest, in: folder)
      }
      done.insert(task.folder)
    }
    return done
  }

  private func result(
    of plan: RunPlan, in folder: String, stop: SweepStop
  ) async throws -> Sweep.Result {
    let state = try RunDirectory.state(of: folder)
    let summary: RunSummary
    if case .complete(let digest, let found) = state {
      try requireSame(plan, as: digest, in: folder)
      summary = found
    } else {
      let run = try SimulatedRun(
        plan, directory: folder, opening: state == .absent ? .new : .resume, parallel: parallel,
        log: log, output: nil)
      summary = try await stop.run(run.coordinator)
    }
    guard plan.federation.stopping.target != nil else { return (summary, nil) }
    return (summary, try RunHistory(of: folder).roundsToTarget)
  }

  /// A run of another plan is no result of this sweep.
  private func requireSame(_ plan: RunPlan, as digest: Digest, in folder: String) throws {
    if try plan.digest == digest { return }
    var plan = plan
    // Where the data say how many clients there are, the run's plan says it, too.
    let clients = try FederatedDataset(plan).clients.count
    plan.data.partition?.clients = clients
    guard try plan.digest != digest else { return }
    throw TributaryError(
      "run.planChanged", "\(folder) has a complete run of another plan",
      advice: "sweep with the run file as it was, or choose another output folder")
  }

  private func save(_ report: SweepReport) throws {
    for (path, text) in [
      (record, try PlanJSON.encode(report) + "\n"), ("\(directory)/sweep.csv", report.csv),
    ] {
      try DurableFile.write(Bytes(copying: Array(text.utf8)), to: path)
    }
  }

  private func show(_ run: SweepReport.Run, _ position: String) throws {
    if printsJSON {
      Text.emit(try Text.json(SweepEvent(event: "run.\(run.state)", run: run)))
    } else {
      Text.emit("  \(position)  \(SweepTable.line(run))")
    }
  }

  private func close(_ report: SweepReport, isFinished: Bool) throws {
    try show(report, isFinished: isFinished)
    let failed = report.runs.count { $0.state == .failed }
    guard isFinished else {
      Text.complain("interrupted; finished runs and rounds are kept; go on with: \(continuation)")
      throw ExitCode(130)
    }
    guard failed > 0 else { return }
    Text.complain("\(failed) of \(report.runs.count) runs failed; \(record) says why")
    throw ExitCode(1)
  }

  private func show(_ report: SweepReport, isFinished: Bool) throws {
    if printsJSON {
      let event = isFinished ? "sweep.completed" : "sweep.interrupted"
      Text.emit(try Text.json(SweepEvent(event: event, sweep: report)))
    } else {
      for line in SweepTable(report, keys: grid.shortKeys).lines { Text.emit(line) }
    }
  }

  private struct SweepEvent: Encodable {
    var event: String
    var run: SweepReport.Run?
    var sweep: SweepReport?
  }
}
