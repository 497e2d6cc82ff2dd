internal import Glibc
internal import Synchronization
public import TributaryCore

/// Files that are whole or not there, whenever the machine stops.
///
/// Everything here throws `file.full` where the disk is full, `file.write` or `file.open` with the
/// system's reason otherwise.
public enum DurableFile {
  /// Writes `bytes` to `path` after making missing folders: a temporary file beside it, fsync, rename,
  /// fsync of the folder. Where that fails, what was there is untouched.
  ///
  /// - Parameters:
  ///   - mode: the permissions, less the process's umask; 0o600 for secrets.
  ///   - replacing: whether a file that is there gives way; otherwise it is an error.
  public static func write(
    _ bytes: Bytes, to path: String, mode: UInt32 = 0o644, replacing: Bool = true
  ) throws {
    try write(to: path, mode: mode, replacing: replacing) { append in try append(bytes) }
  }

  /// The same for bytes that come piece by piece, so that they need not all be in memory.
  ///
  /// - Parameter fill: is given what appends a piece.
  public static func write(
    to path: String, mode: UInt32 = 0o644, replacing: Bool = true,
    pieces fill: (_ append: (Bytes) throws -> Void) throws -> Void
  ) throws {
    let folder = parent(of: path)
    try createFolder(folder)
    let temporary = "\(path).\(temporaryMark()).part"
    do {
      let file = try OpenFile(temporary, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode)
      try fill { try file.write($0) }
      try file.sync()
      try put(temporary, in: path, replacing: replacing)
    } catch {
      remove(temporary)
      throw error
    }
    try syncFolder(folder)
  }

  /// The whole file, in memory of its own: the file may go while the bytes live.
  public static func read(_ path: String) throws -> Bytes {
    let file = try OpenFile(reading: path)
    let size = Int(lseek(file.descriptor, 0, SEEK_END))
    guard size >= 0 else { throw SystemFailure.last("cannot read", path, code: "file.open") }
    return try Bytes(count: size) { try file.read(at: 0, into: $0) }
  }

  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Removes a file; nothing where it is not there or cannot be removed.
  public static func remove(_ path: String) { unlink(path) }

  /// A new file with `bytes`, on disk when this returns; its name is not yet, until `syncFolder`.
  static func create(_ bytes: Bytes, at path: String, mode: UInt32 = 0o644) throws {
    let file = try OpenFile(path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode)
    try file.write(bytes)
    try file.sync()
  }

  private static func put(_ temporary: String, in path: String, replacing: Bool) throws {
    if !replacing {
      // A link refuses to take the place of a file that is there, where a rename would not.
      if link(temporary, path) == 0 { return remove(temporary) }
      // Some file systems know no hard links: there the look comes before the leap.
      guard errno == EPERM || errno == EOPNOTSUPP, !exists(path) else {
        throw SystemFailure.last("cannot write", path)
      }
    }
    guard rename(temporary, path) == 0 else { throw SystemFailure.last("cannot write", path) }
  }

  /// The folder of a path, without looking at the disk.
  public static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static let process = InstanceID.fresh()
  private static let count = Atomic<Int>(0)

  /// Differs between processes, of other hosts too, and between a process's files.
  static func temporaryMark() -> String {
    let number = count.add(1, ordering: .relaxed).newValue
    return "\(String(process.high, radix: 36))-\(number)"
  }
}
