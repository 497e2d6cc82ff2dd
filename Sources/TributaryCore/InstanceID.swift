/// 16 random octets that tell one process from the next of the same name.
public struct InstanceID: Hashable, Sendable {
  public let high: UInt64
  public let low: UInt64

  public static let byteCount = 16

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Fresh, from the system's generator: identity of a process has no address in a run's randomness.
  public static func fresh() -> InstanceID {
    InstanceID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
  }

  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    for (index, byte) in bytes.enumerated() {
      if index < 8 {
        words.0 = words.0 << 8 | UInt64(byte)
      } else {
        words.1 = words.1 << 8 | UInt64(byte)
      }
    }
    self.init(high: words.0, low: words.1)
  }

  public var bytes: [UInt8] {
    [high, low].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
  }
}
