internal import Glibc
public import TributaryCore

/// A file's bytes, mapped into memory: pages are read when they are touched, and shared.
public final class FileMapping {
  private let buffer: UnsafeMutableRawBufferPointer

  /// - Throws: `file.open` with the system's reason.
  public static func bytes(of path: String) throws -> Bytes {
    let file = try OpenFile(reading: path)
    var status = stat()
    guard fstat(file.descriptor, &status) == 0 else {
      throw SystemFailure.last("cannot read", path, code: "file.open")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TributaryError("file.open", "cannot read \(path): not a file")
    }
    let count = Int(status.st_size)
    guard count > 0 else { return .empty }
    guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, file.descriptor, 0),
      base != MAP_FAILED
    else { throw SystemFailure.last("cannot map", path, code: "file.open") }
    let buffer = UnsafeMutableRawBufferPointer(start: base, count: count)
    return Bytes(owner: FileMapping(buffer: buffer), buffer: UnsafeRawBufferPointer(buffer))
  }

  private init(buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  deinit { munmap(buffer.baseAddress, buffer.count) }
}
