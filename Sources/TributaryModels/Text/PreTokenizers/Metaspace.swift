/// Sentencepiece's spelling of spaces: `▁` in their place, which begins the word behind it.
struct Metaspace: PreTokenizer, TokenDecoder {
  /// Where a word gets one that stands behind no space.
  enum PrependScheme: String, Sendable { case always, first, never }

  var replacement: Unicode.Scalar = "\u{2581}"
  var prependScheme = PrependScheme.always
  var splits = true

  func split(_ piece: TextPiece) -> [TextPiece] {
    var piece = piece
    piece.scalars = piece.scalars.map { $0 == " " ? replacement : $0 }
    let prepends = prependScheme == .always || (prependScheme == .first && piece.isFirst)
    if prepends && piece.scalars.first != replacement { piece.scalars.insert(replacement, at: 0) }
    guard splits else { return [piece] }
    return Split(pattern: .literal([replacement]), behavior: .mergedWithNext).split(piece)
  }

  func decode(_ tokens: [[Unicode.Scalar]]) -> [[Unicode.Scalar]] {
    tokens.enumerated().map { index, token in
      let drops = index == 0 && prependScheme != .never
      return token.compactMap { $0 == replacement ? (drops ? nil : " ") : $0 }
    }
  }
}
