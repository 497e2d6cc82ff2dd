public import TributaryCore
internal import TributaryPlan
internal import TributaryStorage

extension RunDirectory {
  /// How far the run in a directory is.
  public enum State: Sendable, Equatable {
    /// There is none, or it was stopped before anything of it was on disk.
    case absent
    case unfinished
    case complete(plan: Digest, RunSummary)
  }

  /// - Throws: `ledger.*` where there is a ledger that cannot be read.
  public static func state(of directory: String) throws -> State {
    let layout = DirectoryLayout(directory)
    guard DurableFile.exists(layout.ledger), let run = try Ledger(path: layout.ledger).run() else {
      return .absent
    }
    return run.summary.map { .complete(plan: run.planDigest, $0) } ?? .unfinished
  }
}
