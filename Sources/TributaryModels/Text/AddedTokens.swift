/// A token that is found in the text before the model sees it.
struct AddedToken: Sendable {
  var content: [Unicode.Scalar]
  var id: Int32
  /// Left out by `decode`.
  var isSpecial = false
  /// Only where no letter, digit or underscore stands beside it.
  var isSingleWord = false
  /// Takes the spaces before or behind it along.
  var stripsLeft = false
  var stripsRight = false
  /// Found in the normalised text, in its normalised spelling.
  var isNormalized = false
}

/// The added tokens of a vocabulary; where several fit, the leftmost and of those the longest is found.
struct AddedTokens: Sendable {
  enum Segment: Sendable {
    case token(Int32)
    case text(TextPiece)
  }

  /// As they are found in the text.
  private let byID: [Int32: AddedToken]
  /// As they are written in the file.
  private let spellings: [Int32: [Unicode.Scalar]]
  private let raw: Matcher
  private let normalized: Matcher

  init(_ tokens: [AddedToken] = [], normalizer: (any Normalizer)? = nil) {
    let normalized = tokens.map { token in
      var token = token
      if token.isNormalized, let normalizer {
        token.content = normalizer.normalize(token.content)
      }
      return token
    }
    spellings = Dictionary(tokens.map { ($0.id, $0.content) }) { _, last in last }
    byID = Dictionary(normalized.map { ($0.id, $0) }) { _, last in last }
    raw = Matcher(byID.values.filter { !$0.isNormalized })
    self.normalized = Matcher(byID.values.filter(\.isNormalized))
  }

  var idLimit: Int { Int(byID.keys.max() ?? -1) + 1 }

  subscript(token: String) -> Int32? {
    spellings.first { $0.value.elementsEqual(token.unicodeScalars) }?.key
  }

  func token(of id: Int32) -> AddedToken? { byID[id] }

  /// The text cut at the added tokens; the text between them is normalised.
  func segments(of text: String, normalizer: (any Normalizer)?) -> [Segment] {
    let whole = TextPiece(scalars: Array(text.unicodeScalars), isFirst: true)
    return raw.segments(of: whole).flatMap { segment -> [Segment] in
      guard case .text(var piece) = segment else { return [segment] }
      if let normalizer { piece.scalars = normalizer.normalize(piece.scalars) }
      return normalized.segments(of: piece)
    }
  }

  /// Finds a set of tokens.
  private struct Matcher: Sendable {
    private let tokens: [AddedToken]
    private var trie: ByteTrie
    /// The first scalars of all tokens, by their low byte: most text is passed over by one look.
    private var starts = [Bool](repeating: false, count: 256)

    init(_ tokens: some Collection<AddedToken>) {
      // In the order of their ids, so that of two alike always the same is found.
      self.tokens = tokens.filter { !$0.content.isEmpty }.sorted { $0.id < $1.id }
      trie = ByteTrie(expectedNodes: 4 * self.tokens.reduce(0) { $0 + $1.content.count })
      for (index, token) in self.tokens.enumerated() {
        trie.insert(token.content.lazy.flatMap(Self.bytes), id: Int32(index), under: ByteTrie.root)
        starts[Int(token.content[0].value & 0xff)] = true
      }
    }

    private static func bytes(_ scalar: Unicode.Scalar) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * $0)) }
    }

    func segments(of piece: TextPiece) -> [Segment] {
      let scalars = piece.scalars
      guard !tokens.isEmpty else { return scalars.isEmpty ? [] : [.text(piece)] }
      var segments: [Segment] = []
      var done = 0
      func appendText(upTo end: Int) {
        guard done < end else { return }
        let isFirst = piece.isFirst && done == 0
        segments.append(.text(TextPiece(scalars: Array(scalars[done..<end]), isFirst: isFirst)))
      }
      var index = 0
      while index < scalars.count {
        guard let token = longest(in: scalars, at: index) else {
          index += 1
          continue
        }
        var (start, end) = (index, index + token.content.count)
        index = end
        if token.isSingleWord {
          let isBound =
            (start > 0 && scalars[start - 1].isWordCharacter)
            || (end < scalars.count && scalars[end].isWordCharacter)
          if isBound { continue }
        }
        if token.stripsLeft {
          while start > done, scalars[start - 1].properties.isWhitespace { start -= 1 }
        }
        if token.stripsRight {
          while end < scalars.count, scalars[end].properties.isWhitespace { end += 1 }
        }
        appendText(upTo: start)
        segments.append(.token(token.id))
        done = end
      }
      appendText(upTo: scalars.count)
      return segments
    }

    private func longest(in scalars: [Unicode.Scalar], at start: Int) -> AddedToken? {
      guard starts[Int(scalars[start].value & 0xff)] else { return nil }
      var best: Int32?
      var node: Int32? = ByteTrie.root
      for scalar in scalars[start...] {
        for byte in Self.bytes(scalar) { node = node.flatMap { trie.child(of: $0, byte) } }
        guard let reached = node else { break }
        best = trie.id(at: reached) ?? best
      }
      return best.map { tokens[Int($0)] }
    }
  }
}
