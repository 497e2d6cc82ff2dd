internal import TributaryCore

/// BERT's tokenizer from `vocab.txt`, a token a line.
enum BertFiles {
  static let specials: [TokenizerSettings.Role: String] = [
    .padding: "[PAD]", .unknown: "[UNK]", .classification: "[CLS]", .separator: "[SEP]",
    .mask: "[MASK]",
  ]

  /// - Throws: `tokenizer.vocabulary`, `tokenizer.special`.
  static func tokenizer(
    vocabulary bytes: Bytes, settings: TokenizerSettings
  ) throws -> PipelineTokenizer {
    let lines = try String(tokenizerFile: bytes, "vocab.txt").tokenizerLines
    let vocabulary = try TokenVocabulary(lines.enumerated().map { ($0.element, Int32($0.offset)) })
    func id(_ role: TokenizerSettings.Role) throws -> Int32 {
      try vocabulary.required(settings.token(role) ?? specials[role] ?? "")
    }
    let normalizer = settings.applied(to: BertNormalizer())
    return PipelineTokenizer(
      addedTokens: settings.addedTokens(
        standard: specials, in: vocabulary, normalizer: normalizer),
      normalizer: normalizer, preTokenizer: BertPreTokenizer(),
      model: try WordPiece(
        vocabulary: vocabulary, unknown: settings.token(.unknown) ?? "[UNK]"),
      frame: SpecialTokenFrame(prefix: [try id(.classification)], suffix: [try id(.separator)]),
      decoder: WordPieceDecoder(), paddingID: try id(.padding))
  }
}
