internal import TributaryCore
public import TributaryPlan
internal import TributaryStorage

/// A run's directory: what is in it, and whether it may be used.
public enum RunDirectory {
  /// The plan of the run in `directory`, so that it can be resumed without its RUN.yaml.
  /// - Throws: `run.missing` where there is none.
  public static func storedPlan(in directory: String) throws -> RunPlan {
    let layout = DirectoryLayout(directory)
    try requireLedger(layout)
    guard let run = try Ledger(path: layout.ledger).run() else { throw missing(layout) }
    return try RunPlan(canonicalJSON: run.planJSON)
  }

  static func requireLedger(_ layout: DirectoryLayout) throws {
    guard DurableFile.exists(layout.ledger) else { throw missing(layout) }
  }

  /// Writes down a new run.
  static func begin(
    _ plan: RunPlan, model: Digest, layout: DirectoryLayout, ledger: Ledger
  ) throws -> RunRecord {
    if let run = try ledger.run() {
      throw TributaryError(
        "run.exists", "\(layout.root) already has the run \(run.runID)",
        advice: run.summary == nil
          ? "go on with --resume, or choose another output folder"
          : "it is complete; choose another output folder")
    }
    let json = try plan.canonicalJSON
    let run = RunRecord(
      runID: try runID(of: plan), planJSON: json, planDigest: Digest(of: json), modelDigest: model)
    try DurableFile.write(Bytes(copying: Array((json + "\n").utf8)), to: layout.plan)
    try ledger.begin(run)
    try DurableFile.syncFolder(layout.root)
    return run
  }

  /// The run that is to go on, if it is still what it was.
  static func reopen(
    _ plan: RunPlan, model: Digest, layout: DirectoryLayout, ledger: Ledger
  ) throws -> RunRecord {
    guard let run = try ledger.run() else { throw missing(layout) }
    if let summary = run.summary {
      throw TributaryError(
        "run.complete",
        "the run \(run.runID) is complete: \(summary.rounds) rounds, digest \(summary.digest), model in \(summary.model)",
        advice: "nothing is left to resume")
    }
    guard run.planDigest == (try plan.digest) else {
      let sections = differences(between: try RunPlan(canonicalJSON: run.planJSON), and: plan)
      throw TributaryError(
        "run.planChanged",
        "the plan is not the one the run began with: \(sections.joined(separator: ", ")) changed",
        advice: "resume without changes, or start a new run elsewhere")
    }
    guard run.modelDigest == model else {
      throw TributaryError(
        "run.modelChanged",
        "the initial model, or the trace of availability, is not the one the run began with",
        advice: "put the backbone and the trace back as they were, or start a new run elsewhere")
    }
    return run
  }

  static func missing(_ layout: DirectoryLayout) -> TributaryError {
    TributaryError(
      "run.missing", "there is no run in \(layout.root)",
      advice: "name the folder given as --output when the run began")
  }

  /// The run's name: from the digest of its plan, so that whoever has the plan knows it.
  ///
  /// Two runs of one plan have one name; that is sound, because their tasks are the same tasks.
  public static func runID(of plan: RunPlan) throws -> String {
    "run-" + (try plan.digest.hex.prefix(16))
  }

  private static func differences(between old: RunPlan, and new: RunPlan) -> [String] {
    [
      ("name", old.name == new.name), ("seed", old.seed == new.seed),
      ("backbone", old.backbone == new.backbone), ("task", old.task == new.task),
      ("data", old.data == new.data), ("transfer", old.transfer == new.transfer),
      ("local", old.local == new.local), ("federation", old.federation == new.federation),
      ("evaluation", old.evaluation == new.evaluation),
      ("simulation", old.simulation == new.simulation),
    ].filter { !$0.1 }.map(\.0)
  }
}
