/// The address of random numbers: no state, so order of execution cannot matter and nothing is saved.
///
/// A key is derived from the run's seed by a path of labels and numbers (purpose, round, client,
/// epoch, batch ...). Under each key lies an endless sequence, number `i` of which can be had at once:
/// it is Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") of the
/// counter `i`.
public struct RandomKey: Hashable, Sendable, Codable {
  /// Philox's 64-bit key.
  public let key: UInt64
  /// The upper half of Philox's 128-bit counter; the lower half counts the numbers drawn.
  public let salt: UInt64

  public init(seed: UInt64) { self.init(key: seed, salt: 0) }

  public init(key: UInt64, salt: UInt64) {
    self.key = key
    self.salt = salt
  }

  /// The key at `label` under this one.
  public func at(_ label: String) -> RandomKey {
    // FNV-1a, 64 bits: a stable hash of the label (Swift's own differs from run to run).
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in label.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return derived(hash, domain: 0x6c61_6265_6c00_0001)
  }

  /// The key at number `index` under this one.
  public func at(_ index: Int) -> RandomKey {
    derived(UInt64(bitPattern: Int64(index)), domain: 0x696e_6465_7800_0002)
  }

  /// Four random words: block number `block` of the sequence under this key.
  @inlinable
  public func words(block: UInt64) -> SIMD4<UInt32> {
    Self.philox(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
        UInt32(truncatingIfNeeded: salt), UInt32(truncatingIfNeeded: salt >> 32)),
      key: key)
  }

  /// The sequence under this key, from its beginning, as a generator.
  public var generator: RandomStream { RandomStream(key: self) }

  /// The numbers 0..<count in an order drawn from this key (Fisher-Yates).
  public func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    var generator = generator
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, generator.below(index + 1))
    }
    return order
  }

  private func derived(_ value: UInt64, domain: UInt64) -> RandomKey {
    // Keys are derived under another Philox key than numbers are drawn under.
    let words = RandomKey(key: key ^ domain, salt: salt).words(block: value)
    return RandomKey(
      key: UInt64(words[0]) | UInt64(words[1]) << 32,
      salt: UInt64(words[2]) | UInt64(words[3]) << 32)
  }

  @inlinable
  static func philox(counter: SIMD4<UInt32>, key: UInt64) -> SIMD4<UInt32> {
    var c = counter
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let p0 = UInt64(c[0]) &* 0xD251_1F53
      let p1 = UInt64(c[2]) &* 0xCD9E_8D57
      c = SIMD4(
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c[1] ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c[3] ^ k1, UInt32(truncatingIfNeeded: p0))
      k0 = k0 &+ 0x9E37_79B9
      k1 = k1 &+ 0xBB67_AE85
    }
    return c
  }
}

/// The numbers under one `RandomKey`, one after the other.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: RandomKey
  private var block: UInt64 = 0
  private var words: SIMD4<UInt32> = .zero
  private var used = 4

  public init(key: RandomKey) { self.key = key }

  public mutating func nextWord() -> UInt32 {
    if used == 4 {
      words = key.words(block: block)
      block += 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  public mutating func next() -> UInt64 {
    let low = UInt64(nextWord())
    return low | UInt64(nextWord()) << 32
  }

  /// An integer in 0..<bound, without bias (Lemire's method).
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "the bound must be positive")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// A float32 in [0, 1) with 24 random bits.
  public mutating func uniform() -> Float { Float(nextWord() >> 8) * 0x1p-24 }

  /// A float64 in [0, 1) with 53 random bits.
  public mutating func uniformDouble() -> Double { Double(next() >> 11) * 0x1p-53 }
}
