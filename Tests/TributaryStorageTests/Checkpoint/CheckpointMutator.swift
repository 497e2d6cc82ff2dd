/// Damages checkpoints as a fuzzer does, the same way for the same seed.
struct CheckpointMutator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private static let words: [UInt64] = [
    0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 62,
    UInt64(Int64.max), 1 << 63, .max,
  ]
  /// Every instruction of a pickle, and what separates things in JSON.
  private static let tokens =
    Array("(.012NJKMGXTUBC]ae)t}suqrhjcQRb{}[]:,\"-".utf8) + [
      0x80, 0x81, 0x85, 0x86, 0x87, 0x88, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x90, 0x91, 0x93, 0x94,
      0x95,
      0x96,
    ]

  /// One of `seeds` after one to eight changes, mostly few.
  mutating func mutant(of seeds: [[UInt8]]) -> [UInt8] {
    var bytes = seeds[below(seeds.count)]
    for _ in 0...below(1 + below(8)) { change(&bytes, seeds) }
    return bytes
  }

  /// Most changes keep the length: those that do not end in an archive's directory or a stream's lengths.
  private mutating func change(_ bytes: inout [UInt8], _ seeds: [[UInt8]]) {
    guard !bytes.isEmpty else { return bytes = seeds[below(seeds.count)] }
    let place = below(bytes.count)
    switch below(24) {
    case 0..<4: bytes[place] ^= 1 << UInt8(below(8))
    case 4..<7: bytes[place] = UInt8(truncatingIfNeeded: next())
    case 7..<11: bytes[place] = Self.tokens[below(Self.tokens.count)]
    case 11..<15: overwrite(&bytes, at: place)
    case 15..<18:
      let value = UInt8(truncatingIfNeeded: next())
      for index in place..<min(bytes.count, place + 1 + below(4)) { bytes[index] &+= value }
    case 18, 19:
      let other = seeds[below(seeds.count)]
      guard !other.isEmpty else { return }
      let start = below(other.count)
      let chunk = other[start..<min(other.count, start + 1 + below(128))].prefix(
        bytes.count - place)
      bytes.replaceSubrange(place..<(place + chunk.count), with: chunk)
    case 20: bytes.insert(Self.tokens[below(Self.tokens.count)], at: place)
    case 21: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(16)))
    case 22:
      let chunk = Array(bytes[place..<min(bytes.count, place + 1 + below(64))])
      bytes.insert(contentsOf: chunk, at: below(bytes.count))
    default: bytes.removeSubrange(place...)
    }
  }

  private mutating func overwrite(_ bytes: inout [UInt8], at place: Int) {
    let size = 1 << below(4)
    let word = Self.words[below(Self.words.count)] &+ UInt64(below(3)) &- 1
    for index in 0..<min(size, bytes.count - place) {
      bytes[place + index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * index))
    }
  }

  private mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// splitmix64
  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
