internal import Foundation
public import TributaryCore

extension DurableFile {
  /// Makes a folder and the folders above it that are missing, durably; nothing where it is there.
  ///
  /// - Parameter mode: the last folder's permissions, less the process's umask.
  /// - Throws: `file.write`, `file.full`; `file.folder` where a file has its place.
  public static func createFolder(_ path: String, mode: UInt32 = 0o755) throws {
    if mkdir(path, mode) == 0 {
      try syncFolder(parent(of: path))
      return
    }
    let reason = errno
    if reason == ENOENT, parent(of: path) != path {
      try createFolder(parent(of: path))
      guard mkdir(path, mode) == 0 || errno == EEXIST else {
        throw SystemFailure.last("cannot make the folder", path)
      }
      return try syncFolder(parent(of: path))
    }
    guard reason == EEXIST || isFolder(path) else {
      errno = reason
      throw SystemFailure.last("cannot make the folder", path)
    }
    guard isFolder(path) else { throw TributaryError("file.folder", "\(path) is not a folder") }
  }

  /// Makes the names in a folder durable.
  public static func syncFolder(_ path: String) throws {
    let folder = try OpenFile(path, flags: O_RDONLY | O_DIRECTORY)
    // Some file systems cannot sync a folder (EINVAL); what was done in it is done all the same.
    guard fsync(folder.descriptor) == 0 || errno == EINVAL else {
      throw SystemFailure.last("cannot write the folder", path)
    }
  }

  /// The names in a folder, sorted; none where it is not there.
  public static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// Writes a folder as one step: beside its place under another name, durably, then renamed.
  ///
  /// A folder that is there is taken out of its place only once the new one is whole.
  public static func replaceFolder(
    _ path: String, with files: [(name: String, bytes: Bytes)]
  ) throws {
    let url = URL(fileURLWithPath: path)
    let (parent, name) = (url.deletingLastPathComponent().path, url.lastPathComponent)
    let place = "\(parent)/\(name)"
    let fresh = "\(parent)/.\(name).new-\(getpid())"
    let old = "\(parent)/.\(name).old-\(getpid())"
    let manager = FileManager.default
    try? manager.removeItem(atPath: fresh)
    do {
      try createFolder(fresh)
      for file in files { try create(file.bytes, at: "\(fresh)/\(file.name)") }
      try syncFolder(fresh)
      let isThere = exists(place)
      if isThere { try move(place, to: old) }
      try move(fresh, to: place)
      try syncFolder(parent)
      if isThere { try? manager.removeItem(atPath: old) }
    } catch {
      try? manager.removeItem(atPath: fresh)
      throw error
    }
  }

  /// Makes a folder as one step: `fill` is given a folder beside its place, which is then renamed.
  ///
  /// - Throws: `file.exists` where something other than an empty folder has its place.
  public static func newFolder(_ path: String, fill: (_ folder: String) throws -> Void) throws {
    let url = URL(fileURLWithPath: path)
    let (parent, name) = (url.deletingLastPathComponent().path, url.lastPathComponent)
    guard !exists(path) || isFolder(path) && names(in: path).isEmpty else {
      throw TributaryError(
        "file.exists", "\(path) is there already", advice: "name another folder, or remove it")
    }
    let fresh = "\(parent)/.\(name).new-\(temporaryMark())"
    do {
      try createFolder(fresh)
      try fill(fresh)
      try syncFolder(fresh)
      try move(fresh, to: "\(parent)/\(name)")
      try syncFolder(parent)
    } catch {
      try? FileManager.default.removeItem(atPath: fresh)
      throw error
    }
  }

  private static func move(_ path: String, to other: String) throws {
    guard rename(path, other) == 0 else { throw SystemFailure.last("cannot write", other) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
