internal import TributaryCore

/// ALBERT's tokenizer from `spiece.model`, as `transformers` makes it from that file.
enum AlbertFile {
  private static let specials: [TokenizerSettings.Role: String] = [
    .beginning: "[CLS]", .end: "[SEP]", .unknown: "<unk>", .separator: "[SEP]", .padding: "<pad>",
    .classification: "[CLS]", .mask: "[MASK]",
  ]

  /// - Throws: `tokenizer.sentencepiece`, `tokenizer.kind` for another family's model, `tokenizer.special`.
  static func tokenizer(model bytes: Bytes, settings: TokenizerSettings) throws -> PipelineTokenizer
  {
    let file = try SentencePieceModel(bytes)
    let isAlbert = ["albert", ""].contains(settings.kind)
    guard isAlbert, file.kind == 1, let unknown = file.unknown else {
      throw TributaryError(
        "tokenizer.kind", "spiece.model of a tokenizer that is not ALBERT's",
        advice: "other sentencepiece models need a tokenizer.json")
    }
    let model = try Unigram(
      pieces: file.pieces, unknown: unknown, hasByteFallback: false)
    let normalizer = NormalizerSequence(steps: try steps(file, settings))
    func id(_ role: TokenizerSettings.Role) throws -> Int32 {
      try model.vocabulary.required(settings.token(role) ?? specials[role] ?? "")
    }
    let metaspace = Metaspace()
    return PipelineTokenizer(
      addedTokens: settings.addedTokens(
        standard: specials, in: model.vocabulary, others: addedTokens(file), normalizer: normalizer),
      normalizer: normalizer,
      preTokenizer: PreTokenizerSequence(steps: [
        Split(pattern: .each(\.isSpace), behavior: .removed), metaspace,
      ]),
      model: model,
      frame: SpecialTokenFrame(prefix: [try id(.classification)], suffix: [try id(.separator)]),
      decoder: metaspace)
  }

  /// Control pieces and those that the trainer's user defined.
  private static func addedTokens(_ file: SentencePieceModel) -> [AddedToken] {
    file.types.indices.filter { [3, 4].contains(file.types[$0]) }.map { id in
      AddedToken(
        content: Array(file.pieces[id].token.unicodeScalars), id: Int32(id),
        isSpecial: file.types[id] == 3)
    }
  }

  private static func steps(
    _ file: SentencePieceModel, _ settings: TokenizerSettings
  ) throws -> [any Normalizer] {
    let quote: [Unicode.Scalar] = ["\""]
    var steps: [any Normalizer] = [
      Replace(pattern: .literal(["`", "`"]), content: quote),
      Replace(pattern: .literal(["'", "'"]), content: quote),
    ]
    if !(settings[flag: "keep_accents"] ?? false) {
      steps += [NormalizationForm.nfkd, StripAccents()] as [any Normalizer]
    }
    if settings[flag: "do_lower_case"] ?? true { steps.append(Lowercase()) }
    if !file.charsmap.isEmpty { steps.append(try PrecompiledNormalizer(charsmap: file.charsmap)) }
    return steps
  }
}
