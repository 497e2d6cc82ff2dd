internal import Glibc
internal import TributaryCore

/// `events.jsonl`: one event a line, appended.
final class EventLog {
  private let descriptor: Int32
  private let path: String

  /// Opens the log for appending; a last line that a crash cut short is taken off.
  init(path: String) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw DurableFile.failure("cannot open \(path)") }
    self.descriptor = descriptor
    self.path = path
    var end = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 0
    while end > 0, pread(descriptor, &last, 1, end - 1) == 1, last != UInt8(ascii: "\n") {
      end -= 1
    }
    guard ftruncate(descriptor, end) == 0, lseek(descriptor, end, SEEK_SET) == end else {
      throw DurableFile.failure("cannot append to \(path)")
    }
  }

  deinit { close(descriptor) }

  func append(_ line: String) throws {
    try DurableFile.writeAll(
      Bytes(copying: Array((line + "\n").utf8)), to: descriptor, path: path)
  }

  /// Returns once all lines are on disk.
  func sync() throws {
    guard fsync(descriptor) == 0 else { throw DurableFile.failure("cannot write \(path) to disk") }
  }
}
