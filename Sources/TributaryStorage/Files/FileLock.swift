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
    guard let file = try Self.locked(path, LOCK_EX | LOCK_NB) else { return nil }
    self.file = file
  }

  /// Takes the lock as soon as whoever holds it lets go; blocks the calling thread until then.
  ///
  /// - Throws: `file.write`, `file.full`.
  public init(waitingFor path: String) throws {
    guard let file = try Self.locked(path, LOCK_EX) else {
      throw SystemFailure.last("cannot lock", path)
    }
    self.file = file
  }

  /// The file with its lock; nil where another holds it and `operation` does not wait.
  private static func locked(_ path: String, _ operation: Int32) throws -> OpenFile? {
    while true {
      // Others of the group may share the folder, and have to open the file to wait.
      let file = try OpenFile(path, flags: O_RDWR | O_CREAT, mode: 0o664)
      if flock(file.descriptor, operation) == 0 {
        // Some programs remove the file when they let go: then the lock is on what has no name.
        if isNamed(file) { return file }
      } else if errno == EWOULDBLOCK {
        return nil
      } else if errno != EINTR {
        throw SystemFailure.last("cannot lock", path)
      }
    }
  }

  private static func isNamed(_ file: OpenFile) -> Bool {
    var (held, named) = (stat(), stat())
    return fstat(file.descriptor, &held) == 0 && stat(file.path, &named) == 0
      && held.st_ino == named.st_ino && held.st_dev == named.st_dev
  }
}
