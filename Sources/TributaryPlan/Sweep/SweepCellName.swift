internal import TributaryCore

/// What the folder of a sweep's cell is called.
enum SweepCellName {
  /// Longer names do not fit every file system, with what is added to them.
  private static let byteLimit = 160
  private static let digestLength = 8

  /// `federation.strategy.kind=fedprox,local.epochs=2`; `base` where nothing is set.
  ///
  /// What a folder's name had better not have is replaced, and the start of the settings' SHA-256 keeps names of
  /// different settings apart then.
  static func of(_ settings: [String]) -> String {
    guard !settings.isEmpty else { return "base" }
    let exact = settings.joined(separator: ",")
    let plain = String(
      String.UnicodeScalarView(exact.unicodeScalars.map { isPlain($0) ? $0 : "_" }))
    guard plain != exact || plain.utf8.count > byteLimit || plain.hasPrefix(".") else {
      return plain
    }
    let start = plain.drop { $0 == "." }.prefix(byteLimit - digestLength - 1)
    return "\(start)-\(Digest(of: exact).hex.prefix(digestLength))"
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "=", ",", "+": true
    default: false
    }
  }
}
