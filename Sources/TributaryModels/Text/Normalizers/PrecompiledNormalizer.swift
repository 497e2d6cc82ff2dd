internal import Foundation
internal import TributaryCore

/// The normalisation that a sentencepiece model carries: a double-array trie (darts-clone) from byte strings to
/// places in a block of replacements, each ended by a zero byte.
///
/// As in Hugging Face's `Precompiled`: a grapheme of fewer than 6 bytes, else each of its characters, is
/// replaced as the shortest key says that it begins with.
struct PrecompiledNormalizer: Normalizer {
  private let units: [UInt32]
  private let replacements: [UInt8]
  /// What becomes of the ASCII characters; nil where one stays.
  private let ascii: [[Unicode.Scalar]?]

  /// - Throws: `tokenizer.charsmap` where the bytes are too short for their own table.
  init(charsmap bytes: [UInt8]) throws {
    func word(_ offset: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * $1) }
    }
    guard bytes.count >= 4, case let size = Int(word(0)), size.isMultiple(of: 4), size >= 4,
      size <= bytes.count - 4
    else {
      throw TributaryError("tokenizer.charsmap", "the precompiled charsmap is cut or no charsmap")
    }
    units = (0..<size / 4).map { word(4 + 4 * $0) }
    replacements = Array(bytes[(4 + size)...])
    let (units, replacements) = (units, replacements)
    ascii = (0..<0x80).map { point in
      Self.replacement(of: CollectionOfOne(UInt8(point)), units, replacements)
    }
  }

  func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    // Of ASCII characters only a carriage return combines, with a line feed.
    if text.allSatisfy({ $0.value < 0x80 && $0 != "\r" }) {
      for scalar in text {
        if let found = ascii[Int(scalar.value)] { result += found } else { result.append(scalar) }
      }
      return result
    }
    for grapheme in String(scalars: text) {
      let scalars = grapheme.unicodeScalars
      let isSingle = scalars.index(after: scalars.startIndex) == scalars.endIndex
      if !isSingle, grapheme.utf8.count < 6, let found = replacement(of: grapheme.utf8) {
        result += found
        continue
      }
      for scalar in scalars {
        if scalar.value < 0x80 {
          if let found = ascii[Int(scalar.value)] { result += found } else { result.append(scalar) }
        } else if let found = replacement(of: UTF8.encode(scalar).unsafelyUnwrapped) {
          result += found
        } else {
          result.append(scalar)
        }
      }
    }
    return result
  }

  private func replacement(of key: some Sequence<UInt8>) -> [Unicode.Scalar]? {
    Self.replacement(of: key, units, replacements)
  }

  private static func replacement(
    of key: some Sequence<UInt8>, _ units: [UInt32], _ replacements: [UInt8]
  ) -> [Unicode.Scalar]? {
    func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & (1 << 9)) >> 6)) }
    var node = offset(units[0])
    for byte in key {
      node ^= Int(byte)
      guard byte != 0, node < units.count else { return nil }
      let unit = units[node]
      guard unit & (1 << 31 | 0xff) == UInt32(byte) else { return nil }
      node ^= offset(unit)
      guard unit >> 8 & 1 == 1 else { continue }
      guard node < units.count else { return nil }
      let start = Int(units[node] & (1 << 31 - 1))
      guard start <= replacements.count else { return nil }
      let text = replacements[start...].prefix { $0 != 0 }
      return Array(String(decoding: text, as: UTF8.self).unicodeScalars)
    }
    return nil
  }
}
