internal import Glibc
internal import TributaryCore
internal import TributaryStorage

/// A key in a file: a comment line that says what it is, then 40 characters of Z85.
enum KeyFile {
  private static let byteLimit = 4096

  /// The key's characters.
  ///
  /// - Throws: `keys.missing`, `keys.malformed`, and for a secret that others can read
  ///   `keys.permissions`.
  static func read(_ path: String, isSecret: Bool) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno)).lowercased()
      throw TributaryError(
        "keys.missing", "cannot read key file \(path): \(reason)",
        advice: "`tributary keygen DIR` makes keys; --insecure on both sides runs without")
    }
    defer { Glibc.close(descriptor) }
    var status = stat()
    if isSecret, fstat(descriptor, &status) == 0, status.st_mode & 0o077 != 0 {
      throw TributaryError(
        "keys.permissions", "key file \(path) can be read by others",
        advice: "chmod 600 \(path)")
    }
    var buffer = [UInt8](repeating: 0, count: byteLimit)
    let count = Glibc.read(descriptor, &buffer, byteLimit)
    let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    let keys = text.split(whereSeparator: \.isNewline).map { String($0) }.filter(Z85.isKey)
    guard keys.count == 1 else {
      throw TributaryError(
        "keys.malformed", "\(path) is not a key file: it needs one line of 40 Z85 characters")
    }
    return keys[0]
  }

  /// Writes a new file, never over an existing one.
  static func write(_ key: String, comment: String, to path: String, isSecret: Bool) throws {
    try DurableFile.write(
      Bytes(copying: Array("# \(comment)\n\(key)\n".utf8)), to: path,
      mode: isSecret ? 0o600 : 0o644, replacing: false)
  }
}
