internal import Foundation
public import TributaryCore

/// Files that are either whole or not there: temporary file, fsync, rename, fsync of the folder.
public enum DurableFile {
  /// Writes `bytes` to `path`, replacing a file that is there, after making missing folders.
  ///
  /// - Throws: `file.full` where the disk is full, `file.write` with the system's reason otherwise; the
  ///   old file is untouched then.
  public static func write(_ bytes: Bytes, to path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    try makeFolder(folder.isEmpty ? "." : folder)
    let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
    do {
      try writeAndSync(bytes, to: temporary)
      guard rename(temporary, path) == 0 else { throw failure(path) }
    } catch {
      unlink(temporary)
      throw error
    }
    try syncFolder(folder.isEmpty ? "." : folder)
  }

  private static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: nil)
    } catch {
      throw TributaryError("file.write", "cannot make the folder \(path)", cause: error)
    }
  }

  static func writeAndSync(
    _ bytes: Bytes, to path: String, flags: Int32 = O_CREAT | O_EXCL
  ) throws {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC | flags, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    try bytes.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) throws in
      var written = 0
      while written < buffer.count {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
        let result = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if result < 0 && errno == EINTR { continue }
        guard result > 0 else { throw failure(path) }
        written += result
      }
    }
    guard fsync(descriptor) == 0 else { throw failure(path) }
  }

  private static func syncFolder(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    // Some file systems cannot sync a folder (EINVAL); the rename is done all the same.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(path) }
  }

  private static func failure(_ path: String) -> TributaryError {
    let number = errno
    let reason = String(cString: strerror(number))
    if number == ENOSPC || number == EDQUOT {
      return TributaryError(
        "file.full", "cannot write \(path): \(reason)", advice: "free some space and try again")
    }
    return TributaryError("file.write", "cannot write \(path): \(reason)")
  }
}
