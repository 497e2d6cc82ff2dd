internal import Glibc
internal import TributaryCore

/// An open file, closed when it is released.
final class OpenFile: Sendable {
  let descriptor: Int32
  let path: String

  /// - Throws: `file.write`, `file.full`.
  init(_ path: String, flags: Int32, mode: UInt32 = 0o644, code: String = "file.write") throws {
    let what = code == "file.open" ? "cannot read" : "cannot write"
    descriptor = open(path, flags | O_CLOEXEC, mode)
    self.path = path
    guard descriptor >= 0 else { throw SystemFailure.last(what, path, code: code) }
  }

  /// - Throws: `file.open`.
  convenience init(reading path: String) throws {
    try self.init(path, flags: O_RDONLY, code: "file.open")
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Writes all of `bytes` where the file stands.
  func write(_ bytes: Bytes) throws {
    try bytes.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) throws in try write(buffer) }
  }

  /// Writes all of `buffer` where the file stands.
  func write(_ buffer: UnsafeRawBufferPointer) throws {
    var written = 0
    while written < buffer.count {
      let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw SystemFailure.last("cannot write", path) }
      written += count
    }
  }

  /// Returns once everything written is on disk.
  func sync() throws {
    guard fsync(descriptor) == 0 else { throw SystemFailure.last("cannot write", path) }
  }
}
