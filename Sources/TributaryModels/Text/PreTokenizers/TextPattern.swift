internal import TributaryCore

/// What a normalizer replaces or a pre-tokenizer splits at: a literal text, or one of the regular expressions
/// that tokenizers of published models use. Every one takes linear time.
enum TextPattern: Sendable {
  case literal([Unicode.Scalar])
  /// GPT-2's pattern of words, Radford et al. 2019.
  case gpt2
  /// `\s+`, `\s`
  case spaces(isRun: Bool)
  /// ` {2,}`
  case severalBlanks
  /// `\w+|[^\w\s]+`
  case wordsAndSymbols
  /// Each character of a kind by itself.
  case each(@Sendable (Unicode.Scalar) -> Bool)

  /// A stretch of text that the pattern matches, or one between two matches.
  struct Span {
    var range: Range<Int>
    var isMatch: Bool
  }

  static let gpt2Expression =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  /// - Throws: `tokenizer.pattern` for an expression that is not among the known ones.
  init(expression: String, of component: String) throws {
    switch expression {
    case Self.gpt2Expression,
      #"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#:
      self = .gpt2
    case #"\s+"#: self = .spaces(isRun: true)
    case #"\s"#: self = .spaces(isRun: false)
    case " {2,}", "[ ]{2,}": self = .severalBlanks
    case #"\w+|[^\w\s]+"#: self = .wordsAndSymbols
    default:
      throw TributaryError(
        "tokenizer.pattern",
        "tokenizer.json: \(component) has the regular expression \(expression.prefix(80)), "
          + "which is not supported",
        advice: "known are GPT-2's pattern, \\s, \\s+, \" {2,}\" and \\w+|[^\\w\\s]+")
    }
  }

  /// The whole text as matches and what lies between them, in order.
  func spans(in text: [Unicode.Scalar]) -> [Span] {
    var spans: [Span] = []
    var done = 0
    var index = 0
    while index < text.count {
      guard let end = matchEnd(in: text, at: index) else {
        index += 1
        continue
      }
      if done < index { spans.append(Span(range: done..<index, isMatch: false)) }
      spans.append(Span(range: index..<end, isMatch: true))
      (index, done) = (end, end)
    }
    if done < text.count { spans.append(Span(range: done..<text.count, isMatch: false)) }
    return spans
  }

  /// Where a match that begins at `start` ends; never there itself.
  private func matchEnd(in text: [Unicode.Scalar], at start: Int) -> Int? {
    switch self {
    case .literal(let content):
      guard text[start] == content.first, text[start...].starts(with: content) else { return nil }
      return start + content.count
    case .gpt2: return GPT2Pattern.matchEnd(in: text, at: start)
    case .spaces(let isRun):
      guard text[start].isSpace else { return nil }
      return isRun ? text.end(ofRunFrom: start, \.isSpace) : start + 1
    case .severalBlanks:
      let end = text.end(ofRunFrom: start) { $0 == " " }
      return end >= start + 2 ? end : nil
    case .wordsAndSymbols:
      if text[start].isWordCharacter { return text.end(ofRunFrom: start, \.isWordCharacter) }
      let end = text.end(ofRunFrom: start) { !$0.isWordCharacter && !$0.isSpace }
      return end > start ? end : nil
    case .each(let isMatch): return isMatch(text[start]) ? start + 1 : nil
    }
  }
}

/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
private enum GPT2Pattern {
  static func matchEnd(in text: [Unicode.Scalar], at start: Int) -> Int {
    if text[start] == "'", let end = contractionEnd(in: text, at: start) { return end }
    let hasBlank = text[start] == " " && start + 1 < text.count && !text[start + 1].isSpace
    let first = hasBlank ? start + 1 : start
    let scalar = text[first]
    if scalar.isLetter { return text.end(ofRunFrom: first, \.isLetter) }
    if scalar.isNumber { return text.end(ofRunFrom: first, \.isNumber) }
    if !scalar.isSpace {
      return text.end(ofRunFrom: first) { !$0.isSpace && !$0.isLetter && !$0.isNumber }
    }
    // The last space of several goes to the word behind it.
    let end = text.end(ofRunFrom: start, \.isSpace)
    return end == text.count || end == start + 1 ? end : end - 1
  }

  private static func contractionEnd(in text: [Unicode.Scalar], at start: Int) -> Int? {
    guard start + 1 < text.count else { return nil }
    switch (text[start + 1], start + 2 < text.count ? text[start + 2] : " ") {
    case ("s", _), ("t", _), ("m", _), ("d", _): return start + 2
    case ("r", "e"), ("v", "e"), ("l", "l"): return start + 3
    default: return nil
    }
  }
}

extension [Unicode.Scalar] {
  fileprivate func end(
    ofRunFrom start: Int, _ isMember: (Unicode.Scalar) -> Bool
  ) -> Int {
    var end = start
    while end < count, isMember(self[end]) { end += 1 }
    return end
  }
}
