/// Classes of characters as Hugging Face's regular expressions see them. Their tables are of one version of
/// Unicode, ours of the Swift runtime's; younger characters than theirs are no letters to them.
extension Unicode.Scalar {
  /// `\p{L}`
  var isLetter: Bool {
    if value < 0x80 { return (0x61...0x7a).contains(value | 0x20) }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return isKnown(since: 16)
    default: return false
    }
  }

  /// `\p{N}`
  var isNumber: Bool {
    if value < 0x80 { return (0x30...0x39).contains(value) }
    return isNumeric && isKnown(since: 16)
  }

  /// Rust's `char::is_numeric`.
  var isNumeric: Bool {
    switch properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }

  /// `\s`
  var isSpace: Bool {
    value < 0x80 ? value == 0x20 || (9...13).contains(value) : properties.isWhitespace
  }

  /// `\w`
  var isWordCharacter: Bool {
    if value < 0x80 { return isLetter || isNumber || value == 0x5f }
    let isWord: Bool
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      isWord = true
    default: isWord = properties.isAlphabetic || properties.isJoinControl
    }
    return isWord && isKnown(since: 16)
  }

  /// A mark in Unicode 9, which the normalizers know.
  var isCombiningMark: Bool {
    switch value {
    case 0..<0x300, 0x111c9: return false
    case 0x1cf2, 0x1cf3: return true
    default: break
    }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return isKnown(since: 9)
    default: return false
    }
  }

  /// Whether the character was there in that version of Unicode.
  func isKnown(since version: Int) -> Bool { properties.age.map { $0.major <= version } ?? false }
}
