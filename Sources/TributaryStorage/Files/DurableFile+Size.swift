internal import Glibc

extension DurableFile {
  /// A file's length in bytes, links followed; nil where there is no file of that name.
  public static func byteCount(of path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Bytes that may still be written where `folder` is; nil where the system does not tell.
  public static func freeBytes(in folder: String) -> Int? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    let (bytes, overflow) = status.f_bavail.multipliedReportingOverflow(by: status.f_frsize)
    return overflow ? nil : Int(clamping: bytes)
  }
}
