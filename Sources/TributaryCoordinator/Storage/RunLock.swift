internal import TributaryCore
internal import TributaryStorage

/// Held while a coordinator owns a run's directory.
enum RunLock {
  /// - Throws: `run.locked` where another coordinator holds it.
  static func take(_ layout: DirectoryLayout) throws -> FileLock {
    guard let lock = try FileLock(path: layout.lock) else {
      throw TributaryError(
        "run.locked", "another coordinator is running in \(layout.root)",
        advice: "stop it first, or choose another output folder")
    }
    return lock
  }
}
