internal import Foundation

/// Unicode's normalisation forms as Hugging Face's normalizers compute them: by Unicode 9, to which younger
/// characters are unknown, so that they neither decompose nor combine.
enum NormalizationForm: String, Sendable, CaseIterable, Normalizer {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    if text.allSatisfy({ $0.value < 0x80 }) { return text }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    // An unknown character is a border over which nothing combines.
    for part in text.split(omittingEmptySubsequences: false, whereSeparator: Self.isUnknown) {
      result += apply(String(scalars: Array(part)))
      if part.endIndex < text.endIndex { result.append(text[part.endIndex]) }
    }
    return result
  }

  private static func isUnknown(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x300 && !scalar.isKnown(since: 9)
  }

  private func apply(_ text: String) -> String.UnicodeScalarView {
    switch self {
    case .nfc: text.precomposedStringWithCanonicalMapping.unicodeScalars
    case .nfd: text.decomposedStringWithCanonicalMapping.unicodeScalars
    case .nfkc: text.precomposedStringWithCompatibilityMapping.unicodeScalars
    case .nfkd: text.decomposedStringWithCompatibilityMapping.unicodeScalars
    }
  }
}
