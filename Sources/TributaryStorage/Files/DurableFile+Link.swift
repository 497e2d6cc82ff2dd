internal import Glibc
internal import TributaryCore

extension DurableFile {
  /// A symbolic link at `path` to `target`, in one step: what had the name gives way. Missing folders are made.
  ///
  /// - Throws: `file.write`, `file.full`.
  public static func placeLink(_ path: String, to target: String) throws {
    if linkTarget(path) == target { return }
    let folder = parent(of: path)
    try createFolder(folder)
    let temporary = "\(path).\(temporaryMark()).part"
    guard symlink(target, temporary) == 0 else { throw SystemFailure.last("cannot link", path) }
    guard rename(temporary, path) == 0 else {
      let failure = SystemFailure.last("cannot link", path)
      remove(temporary)
      throw failure
    }
    try syncFolder(folder)
  }

  /// What the symbolic link at `path` says; nil where there is none.
  public static func linkTarget(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink(path, &buffer, buffer.count)
    guard length >= 0 else { return nil }
    return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
