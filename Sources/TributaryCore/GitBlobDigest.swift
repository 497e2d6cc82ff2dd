internal import Crypto

/// The name that Git gives a file's content, by which model hubs name small files.
public enum GitBlobDigest {
  /// SHA-1 of `blob`, the length, a zero byte and the content, as 40 hexadecimal digits.
  ///
  /// It tells accidents, not attacks: SHA-1 can be made to collide.
  public static func hex(of bytes: Bytes) -> String {
    var hasher = Insecure.SHA1()
    let header = Array("blob \(bytes.count)\0".utf8)
    header.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    return hasher.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0\(digits)" : digits
    }.joined()
  }
}
