internal import Glibc
internal import TributaryCore

/// A file that comes in several tries, and gets its name once it is whole.
///
/// What was appended before a crash is there for the next try, up to the last bytes the system had written.
public final class PartialFile {
  private let file: OpenFile
  public var path: String { file.path }
  /// Bytes it has.
  public private(set) var count: Int

  /// Opens what is there of the file, or an empty one; missing folders are made. A link is not followed.
  ///
  /// - Throws: `file.write`, `file.full`, as all of this does.
  public init(path: String) throws {
    try DurableFile.createFolder(DurableFile.parent(of: path))
    file = try OpenFile(path, flags: O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW)
    let end = lseek(file.descriptor, 0, SEEK_END)
    guard end >= 0 else { throw SystemFailure.last("cannot write", path) }
    count = Int(end)
  }

  public func append(_ buffer: UnsafeRawBufferPointer) throws {
    try file.write(buffer)
    count += buffer.count
  }

  /// Begins again.
  public func clear() throws {
    guard ftruncate(file.descriptor, 0) == 0 else {
      throw SystemFailure.last("cannot write", file.path)
    }
    count = 0
  }

  /// Gives the file its name, durably; a file of that name gives way.
  public func place(at path: String) throws {
    try file.sync()
    guard rename(file.path, path) == 0 else { throw SystemFailure.last("cannot write", path) }
    try DurableFile.syncFolder(DurableFile.parent(of: path))
  }
}
