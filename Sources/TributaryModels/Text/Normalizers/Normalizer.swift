/// A step that changes text before it is cut into words.
protocol Normalizer: Sendable {
  func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar]
}

struct NormalizerSequence: Normalizer {
  var steps: [any Normalizer]

  func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    steps.reduce(text) { $1.normalize($0) }
  }
}

/// Each character by itself: no final sigma.
struct Lowercase: Normalizer {
  func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    for scalar in text {
      if scalar.value < 0x80 {
        let isUpper = (0x41...0x5a).contains(scalar.value)
        result.append(isUpper ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar)
      } else {
        result += scalar.properties.lowercaseMapping.unicodeScalars
      }
    }
    return result
  }
}

/// Drops combining marks; what is to lose its accents must be decomposed before.
struct StripAccents: Normalizer {
  func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    text.filter { !$0.isCombiningMark }
  }
}

/// Drops white space at the text's ends.
struct Strip: Normalizer {
  var left = true
  var right = true

  func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var range = text.startIndex..<text.endIndex
    if left {
      let start = text.firstIndex { !$0.isSpace } ?? text.endIndex
      range = start..<text.endIndex
    }
    if right {
      let end = text[range].lastIndex { !$0.isSpace }.map { $0 + 1 } ?? range.lowerBound
      range = range.lowerBound..<end
    }
    return Array(text[range])
  }
}

/// Puts `content` in front of text that is not empty.
struct Prepend: Normalizer {
  var content: [Unicode.Scalar]

  func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    text.isEmpty ? text : content + text
  }
}

/// Puts `content` in place of what `pattern` finds.
struct Replace: Normalizer, TokenDecoder {
  var pattern: TextPattern
  var content: [Unicode.Scalar]

  func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    // Most text has none of a literal's first character.
    if case .literal(let literal) = pattern, !text.contains(where: { $0 == literal.first }) {
      return text
    }
    let spans = pattern.spans(in: text)
    guard spans.contains(where: \.isMatch) else { return text }
    return spans.flatMap { $0.isMatch ? content[...] : text[$0.range] }
  }

  func decode(_ tokens: [[Unicode.Scalar]]) -> [[Unicode.Scalar]] { tokens.map(normalize) }
}

/// What sentencepiece's `nmt` rules do: controls go, every kind of blank becomes a space.
struct NMTNormalizer: Normalizer {
  func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    text.compactMap { scalar in
      switch scalar.value {
      case 0x01...0x08, 0x0b, 0x0e...0x1f, 0x7f, 0x8f, 0x9f: nil
      case 0x09, 0x0a, 0x0c, 0x0d, 0x1680, 0x200b...0x200f, 0x2028, 0x2029, 0x2581, 0xfeff, 0xfffd:
        " "
      default: scalar
      }
    }
  }
}
