internal import Glibc
internal import TributaryCore

/// Held while a coordinator owns a run's directory; the system lets go of it when the process ends,
/// however it ends.
final class RunLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `run.locked` where another coordinator holds it.
  init(_ layout: DirectoryLayout) throws {
    let descriptor = open(layout.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw DurableFile.failure("cannot open \(layout.lock)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      guard reason == EWOULDBLOCK else { throw DurableFile.failure("cannot lock \(layout.lock)") }
      throw TributaryError(
        "run.locked", "another coordinator is running in \(layout.root)",
        advice: "stop it first, or choose another output folder")
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
