internal import TributaryCore

/// A template as tokens: what stands in front of a text and behind it, the mask included.
struct ClozeTemplate: Sendable {
  private let tokenizer: any Tokenizer
  private let mask: Int32
  /// The special tokens around every text, the template's own with them.
  private let front: [Int32]
  private let back: [Int32]
  /// Where the mask is: from the first token, or, below 0, from the end.
  let maskIndex: Int

  /// - Throws: `model.cloze`.
  init(_ template: String, tokenizer: any Tokenizer) throws {
    self.tokenizer = tokenizer
    guard let mask = ["[MASK]", "<mask>"].compactMap(tokenizer.id).first,
      tokenizer.encode("", maximumTokens: 2).count == 2
    else {
      throw Cloze.error(
        "this model's tokenizer has no mask",
        advice: "transfer.prompt needs a masked language model")
    }
    self.mask = mask
    let ends = tokenizer.encode("", maximumTokens: 2)
    func inner(_ text: Substring) -> [Int32] {
      Array(tokenizer.encode(String(text), maximumTokens: 65_536).dropFirst().dropLast())
    }
    let halves = Self.halves(template[...], at: "{text}")
    let masked = halves.map { Self.halves($0, at: "{mask}") }
    guard halves.count == 2, masked.map(\.count).sorted() == [1, 2] else {
      throw Cloze.error(
        "transfer.prompt.template must have {text} and {mask} once each",
        advice: "as in \"{text} It was {mask}.\"")
    }
    // A mask takes the space in front of it with it, as byte-level tokenizers have it.
    let parts = masked.map { pieces in
      let last = pieces.count - 1
      let tokens = pieces.enumerated().map { inner($0 < last ? Self.trimmed($1) : $1) }
      return Array(tokens.joined(separator: [mask]))
    }
    front = [ends[0]] + parts[0]
    back = parts[1] + [ends[1]]
    maskIndex =
      front.firstIndex(of: mask) ?? (back.firstIndex(of: mask) ?? back.count) - back.count
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }

  private static func halves(_ text: Substring, at place: String) -> [Substring] {
    var rest = text
    var parts: [Substring] = []
    while let start = rest.indices.first(where: { rest[$0...].hasPrefix(place) }) {
      parts.append(rest[..<start])
      rest = rest[rest.index(start, offsetBy: place.count)...]
    }
    return parts + [rest]
  }

  /// A text alone, without special tokens; masks in it are left out.
  func tokens(of text: String, maximum: Int = 65_534) -> [Int32] {
    tokenizer.encode(text, maximumTokens: maximum + 2).dropFirst().dropLast().filter { $0 != mask }
  }

  /// How many tokens the template has without a text.
  var count: Int { front.count + back.count }

  /// `text` in the template, cut so that all fits into `maximumTokens`.
  func encode(_ text: String, maximumTokens: Int) -> [Int32] {
    front + tokens(of: text, maximum: max(0, maximumTokens - count)) + back
  }
}
