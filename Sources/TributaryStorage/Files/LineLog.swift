internal import Glibc
internal import TributaryCore

/// A file to which lines are appended.
public final class LineLog {
  private let file: OpenFile

  /// Opens the log for appending; a last line that a crash cut short is taken off.
  ///
  /// - Throws: `file.write`, `file.full`, as all of this does.
  public init(path: String) throws {
    file = try OpenFile(path, flags: O_RDWR | O_CREAT)
    var end = lseek(file.descriptor, 0, SEEK_END)
    var last: UInt8 = 0
    while end > 0, pread(file.descriptor, &last, 1, end - 1) == 1, last != UInt8(ascii: "\n") {
      end -= 1
    }
    guard ftruncate(file.descriptor, end) == 0, lseek(file.descriptor, end, SEEK_SET) == end else {
      throw SystemFailure.last("cannot append to", path)
    }
  }

  /// - Parameter line: without its line feed.
  public func append(_ line: String) throws {
    try file.write(Bytes(copying: Array((line + "\n").utf8)))
  }

  /// Returns once all lines are on disk.
  public func sync() throws { try file.sync() }
}
