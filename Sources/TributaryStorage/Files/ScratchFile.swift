internal import Glibc
public import TributaryCore

/// A file for what need not outlive the process: never synced, and removed with its last reference.
public final class ScratchFile: Sendable {
  private let file: OpenFile
  public var path: String { file.path }

  /// An empty file in place of what has the name; missing folders are made.
  ///
  /// - Throws: `file.write`, `file.full`.
  public init(path: String) throws {
    try DurableFile.createFolder(DurableFile.parent(of: path))
    file = try OpenFile(path, flags: O_RDWR | O_CREAT | O_TRUNC, mode: 0o600)
  }

  deinit { DurableFile.remove(file.path) }

  /// Writes `bytes` at `offset`, over what was there.
  ///
  /// - Throws: `file.write`, `file.full`; some of the bytes may be written then.
  public func write(_ bytes: Bytes, at offset: Int) throws {
    try bytes.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) throws in
      var written = 0
      while written < buffer.count {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
        let count = pwrite(
          file.descriptor, rest.baseAddress, rest.count, off_t(offset + written))
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw SystemFailure.last("cannot write", path) }
        written += count
      }
    }
  }

  /// Fills `target` with the bytes from `offset` on.
  ///
  /// - Throws: `file.open` where the system cannot read them or the file ends before.
  public func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws {
    try file.read(at: offset, into: target)
  }
}
