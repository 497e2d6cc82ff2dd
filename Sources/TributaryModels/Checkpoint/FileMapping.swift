internal import Foundation
internal import TributaryCore

/// A file's bytes, mapped into memory: pages are read when they are touched, and shared.
final class FileMapping {
  private let buffer: UnsafeMutableRawBufferPointer

  /// - Throws: `file.open` with the system's reason.
  static func bytes(of path: String) throws -> Bytes {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("cannot read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TributaryError("file.open", "cannot read \(path): not a file")
    }
    let count = Int(status.st_size)
    guard count > 0 else { return .empty }
    guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
    else { throw failure("cannot map", path) }
    let buffer = UnsafeMutableRawBufferPointer(start: base, count: count)
    return Bytes(owner: FileMapping(buffer: buffer), buffer: UnsafeRawBufferPointer(buffer))
  }

  private init(buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  deinit { munmap(buffer.baseAddress, buffer.count) }

  private static func failure(_ what: String, _ path: String) -> TributaryError {
    TributaryError("file.open", "\(what) \(path): \(String(cString: strerror(errno)))")
  }
}
