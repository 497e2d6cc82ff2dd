/// A step that cuts text into words, no model piece of which reaches over a border.
protocol PreTokenizer: Sendable {
  /// The words of `piece` in order, none empty.
  func split(_ piece: TextPiece) -> [TextPiece]
}

struct PreTokenizerSequence: PreTokenizer {
  var steps: [any PreTokenizer]

  func split(_ piece: TextPiece) -> [TextPiece] {
    steps.reduce([piece]) { pieces, step in pieces.flatMap(step.split) }
  }
}

/// Cuts at what a pattern finds.
struct Split: PreTokenizer {
  /// What becomes of the matches.
  enum Behavior: String, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
  }

  var pattern: TextPattern
  var behavior: Behavior
  /// Takes what lies between the matches for the matches.
  var isInverted = false

  func split(_ piece: TextPiece) -> [TextPiece] {
    var spans = pattern.spans(in: piece.scalars)
    if isInverted { for index in spans.indices { spans[index].isMatch.toggle() } }
    return ranges(spans).map { range in
      TextPiece(
        scalars: Array(piece.scalars[range]), isFirst: piece.isFirst && range.lowerBound == 0)
    }
  }

  private func ranges(_ spans: [TextPattern.Span]) -> [Range<Int>] {
    switch behavior {
    case .isolated: spans.map(\.range)
    case .removed: spans.filter { !$0.isMatch }.map(\.range)
    case .contiguous: merged(spans) { $0.isMatch == $1 }
    case .mergedWithPrevious: merged(spans) { $0.isMatch && !$1 }
    case .mergedWithNext: merged(spans.reversed()) { $0.isMatch && !$1 }.reversed()
    }
  }

  /// Joins each span with the one before it where `joins` says so of it and of whether that one matched.
  private func merged(
    _ spans: some Sequence<TextPattern.Span>, _ joins: (TextPattern.Span, Bool) -> Bool
  ) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var wasMatch = false
    for span in spans {
      if joins(span, wasMatch), let last = ranges.last {
        ranges[ranges.count - 1] =
          min(last.lowerBound, span.range.lowerBound)..<max(last.upperBound, span.range.upperBound)
      } else {
        ranges.append(span.range)
      }
      wasMatch = span.isMatch
    }
    return ranges
  }
}

/// BERT's: spaces part words, punctuation is a word by itself.
struct BertPreTokenizer: PreTokenizer {
  func split(_ piece: TextPiece) -> [TextPiece] {
    let classes = CharacterClasses.shared
    var words: [TextPiece] = []
    var start = 0
    func finish(_ end: Int) {
      guard start < end else { return }
      words.append(
        TextPiece(scalars: Array(piece.scalars[start..<end]), isFirst: piece.isFirst && start == 0))
    }
    for (index, scalar) in piece.scalars.enumerated() {
      let kind = classes[scalar]
      guard kind.contains(.separator) || kind.contains(.punctuation) else { continue }
      finish(index)
      start = index + 1
      if kind.contains(.punctuation) {
        start = index
        finish(index + 1)
        start = index + 1
      }
    }
    finish(piece.scalars.count)
    return words
  }
}
