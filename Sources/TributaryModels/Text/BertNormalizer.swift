internal import Foundation

/// What BERT's tokenizer does to text before it splits words: clean, set ideographs apart, strip
/// accents, lower case. The same steps in the same order as Hugging Face's `BertNormalizer`.
struct BertNormalizer: Sendable, Equatable {
  var lowercases = true
  var stripsAccents = true
  var separatesIdeographs = true

  /// The normalised text as scalars.
  func normalize(_ text: Substring.UnicodeScalarView) -> [Unicode.Scalar] {
    let classes = CharacterClasses.shared
    var scalars: [Unicode.Scalar] = []
    for scalar in text {
      let kind = classes[scalar]
      if kind.contains(.removed) { continue }
      if kind.contains(.space) {
        scalars.append(" ")
      } else if separatesIdeographs && kind.contains(.ideograph) {
        scalars += [" ", scalar, " "]
      } else {
        scalars.append(scalar)
      }
    }
    if stripsAccents { scalars = Self.strippingAccents(scalars) }
    if lowercases { scalars = scalars.flatMap(Self.lowercase) }
    return scalars
  }

  private static func strippingAccents(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    let classes = CharacterClasses.shared
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    let decomposed = String(text).decomposedStringWithCanonicalMapping
    return decomposed.unicodeScalars.filter { !classes[$0].contains(.nonspacingMark) }
  }

  private static func lowercase(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    if scalar.value < 0x80 {
      let isUpper = (0x41...0x5a).contains(scalar.value)
      return [isUpper ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar]
    }
    return Array(scalar.properties.lowercaseMapping.unicodeScalars)
  }
}
