internal import Crypto

/// SHA-256: the name of every blob on the wire and on disk, and of a run's final model.
public struct Digest: Hashable, Sendable, Codable, CustomStringConvertible, Comparable {
  // Four words rather than an array: a digest is compared and hashed far more than it is printed.
  private let words: (UInt64, UInt64, UInt64, UInt64)

  public static let byteCount = 32

  /// The digest whose 32 bytes these are, or nil for another number of bytes.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var words = [UInt64](repeating: 0, count: 4)
    for (index, byte) in bytes.enumerated() {
      words[index / 8] = words[index / 8] << 8 | UInt64(byte)
    }
    self.words = (words[0], words[1], words[2], words[3])
  }

  /// The digest written as 64 hexadecimal digits, or nil for any other text.
  public init?(hex: String) {
    let digits = Array(hex.utf8)
    guard digits.count == 2 * Self.byteCount else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = Self.nibble(digits[index]), let low = Self.nibble(digits[index + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    self.init(bytes: bytes)
  }

  public init(of bytes: Bytes) {
    var hasher = Hasher()
    hasher.update(bytes)
    self = hasher.finalize()
  }

  public init(of text: String) { self.init(of: Bytes(copying: Array(text.utf8))) }

  public var bytes: [UInt8] {
    [words.0, words.1, words.2, words.3].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
  }

  public var hex: String {
    [words.0, words.1, words.2, words.3].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  public var description: String { hex }

  public static func == (left: Digest, right: Digest) -> Bool { left.words == right.words }
  public static func < (left: Digest, right: Digest) -> Bool { left.words < right.words }
  public func hash(into hasher: inout Swift.Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let digest = Digest(hex: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a SHA-256 is 64 hexadecimal digits")
    }
    self = digest
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// A digest computed piece by piece.
  public struct Hasher {
    private var state = SHA256()
    public init() {}
    public mutating func update(_ bytes: Bytes) {
      bytes.withUnsafeBytes { state.update(bufferPointer: $0) }
    }
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
      state.update(bufferPointer: bytes)
    }
    public consuming func finalize() -> Digest {
      // A SHA-256 always has 32 bytes, so the optional is never nil.
      Digest(bytes: Array(state.finalize())).unsafelyUnwrapped
    }
  }
}
