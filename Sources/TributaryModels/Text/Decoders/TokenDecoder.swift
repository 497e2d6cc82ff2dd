/// A step that turns tokens back into text, whose parts are then joined.
protocol TokenDecoder: Sendable {
  func decode(_ tokens: [[Unicode.Scalar]]) -> [[Unicode.Scalar]]
}

struct DecoderSequence: TokenDecoder {
  var steps: [any TokenDecoder]

  func decode(_ tokens: [[Unicode.Scalar]]) -> [[Unicode.Scalar]] {
    steps.reduce(tokens) { $1.decode($0) }
  }
}

/// Joins all tokens to one, for steps behind it that look at the whole.
struct FuseDecoder: TokenDecoder {
  func decode(_ tokens: [[Unicode.Scalar]]) -> [[Unicode.Scalar]] { [Array(tokens.joined())] }
}

/// Spaces between words, none before pieces that continue one, and none before punctuation.
struct WordPieceDecoder: TokenDecoder {
  var continuationPrefix: [Unicode.Scalar] = ["#", "#"]
  var cleansUp = true

  private static let cleanups: [Replace] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map {
    Replace(pattern: .literal(Array($0.0.unicodeScalars)), content: Array($0.1.unicodeScalars))
  }

  func decode(_ tokens: [[Unicode.Scalar]]) -> [[Unicode.Scalar]] {
    tokens.enumerated().map { index, token in
      var text = token
      if index > 0 {
        let continues = token.starts(with: continuationPrefix)
        text = continues ? Array(token.dropFirst(continuationPrefix.count)) : [" "] + token
      }
      return cleansUp ? Self.cleanups.reduce(text) { $1.normalize($0) } : text
    }
  }
}

/// A space where a word's end is marked (`</w>`).
struct WordSuffixDecoder: TokenDecoder {
  var suffix: [Unicode.Scalar]

  func decode(_ tokens: [[Unicode.Scalar]]) -> [[Unicode.Scalar]] {
    tokens.enumerated().map { index, token in
      let isLast = index == tokens.count - 1
      return Replace(pattern: .literal(suffix), content: isLast ? [] : [" "]).normalize(token)
    }
  }
}

/// Tokens `<0x41>` as the bytes that they name; bytes that are no UTF-8 become U+FFFD each.
struct ByteFallbackDecoder: TokenDecoder {
  func decode(_ tokens: [[Unicode.Scalar]]) -> [[Unicode.Scalar]] {
    var result: [[Unicode.Scalar]] = []
    var bytes: [UInt8] = []
    func flush() {
      if let text = String(validating: bytes, as: UTF8.self) {
        result.append(Array(text.unicodeScalars))
      } else {
        result += [[Unicode.Scalar]](repeating: ["\u{fffd}"], count: bytes.count)
      }
      bytes.removeAll()
    }
    for token in tokens {
      if let byte = Self.byte(of: token) {
        bytes.append(byte)
        continue
      }
      if !bytes.isEmpty { flush() }
      result.append(token)
    }
    if !bytes.isEmpty { flush() }
    return result
  }

  private static func byte(of token: [Unicode.Scalar]) -> UInt8? {
    guard token.count == 6, token.starts(with: ["<", "0", "x"]), token[5] == ">" else { return nil }
    return UInt8(String(scalars: Array(token[3..<5])), radix: 16)
  }
}

/// Takes up to so many of a character off each token's ends.
struct StripDecoder: TokenDecoder {
  var content: Unicode.Scalar
  var start: Int
  var stop: Int

  func decode(_ tokens: [[Unicode.Scalar]]) -> [[Unicode.Scalar]] {
    tokens.map { token in
      let head = token.prefix(start).prefix { $0 == content }.count
      let tail = token.dropFirst(head).reversed().prefix(stop).prefix { $0 == content }.count
      return Array(token[head..<token.count - tail])
    }
  }
}
