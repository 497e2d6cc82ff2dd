internal import Glibc
internal import TributaryCore

/// Held until it is released; the system lets go of it when the process ends, however it ends.
public final class FileLock: Sendable {
  // Closing the file lets go of the lock.
  private let file: OpenFile

  /// Takes the lock on `path`, a file that is made where it is missing; nil where another process or
  /// another `FileLock` of this one holds it.
  ///
  /// - Throws: `file.write`, `file.full`.
  public init?(path: String) throws {
    file = try OpenFile(path, flags: O_RDWR | O_CREAT)
    if flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 { return }
    guard errno == EWOULDBLOCK else { throw SystemFailure.last("cannot lock", path) }
    return nil
  }
}
