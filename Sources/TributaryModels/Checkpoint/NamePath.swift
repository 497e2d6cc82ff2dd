/// A checkpoint name taken apart from its front, for renaming.
struct NamePath {
  private(set) var rest: Substring

  init(_ name: String) { rest = name[...] }

  /// Takes `prefix` off, if it is there.
  mutating func take(_ prefix: String) -> Bool {
    guard rest.hasPrefix(prefix) else { return false }
    rest = rest.dropFirst(prefix.count)
    return true
  }

  /// Takes a whole number and one character behind it off.
  mutating func takeIndex() -> Int? {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard let index = Int(digits), (0..<1000).contains(index) else { return nil }
    rest = rest.dropFirst(digits.count + 1)
    return index
  }
}
