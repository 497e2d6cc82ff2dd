internal import TributaryCore
internal import TributaryStorage

/// GPT-2's and RoBERTa's tokenizers from `vocab.json` and `merges.txt`.
enum ByteLevelFiles {
  private static let gpt2: [TokenizerSettings.Role: String] = [
    .beginning: "<|endoftext|>", .end: "<|endoftext|>", .unknown: "<|endoftext|>",
  ]
  private static let roberta: [TokenizerSettings.Role: String] = [
    .beginning: "<s>", .end: "</s>", .unknown: "<unk>", .separator: "</s>", .padding: "<pad>",
    .classification: "<s>", .mask: "<mask>",
  ]

  /// - Throws: `json.syntax`, `tokenizer.vocabulary`, `tokenizer.merges`, `tokenizer.special`,
  ///   `tokenizer.kind` for another family's files.
  static func tokenizer(
    vocabulary bytes: Bytes, merges: Bytes, settings: TokenizerSettings
  ) throws -> PipelineTokenizer {
    let entries = try JSON(parsing: bytes, name: "vocab.json")
    let vocabulary = try TokenVocabulary(TokenizerJSON.entries(entries, file: "vocab.json"))
    let isRoberta = try isRoberta(settings, vocabulary)
    let pairs = try pairs(merges)
    let specials = isRoberta ? roberta : gpt2
    var tokenizer = PipelineTokenizer(
      addedTokens: settings.addedTokens(standard: specials, in: vocabulary),
      preTokenizer: ByteLevel(addsPrefixSpace: settings[flag: "add_prefix_space"] ?? false),
      model: try BytePairEncoding(vocabulary: vocabulary, merges: pairs), decoder: ByteLevel())
    func id(_ role: TokenizerSettings.Role) throws -> Int32 {
      let token = settings.token(role) ?? specials[role] ?? ""
      return try tokenizer.addedTokens[token] ?? vocabulary.required(token)
    }
    if isRoberta {
      tokenizer.frame = SpecialTokenFrame(
        prefix: [try id(.classification)], suffix: [try id(.separator)])
    } else if settings[flag: "add_bos_token"] == true {
      tokenizer.frame.prefix = [try id(.beginning)]
    }
    return tokenizer
  }

  private static func isRoberta(
    _ settings: TokenizerSettings, _ vocabulary: TokenVocabulary
  ) throws -> Bool {
    switch settings.kind {
    case "roberta": return true
    case "gpt2": return false
    case "": return vocabulary["<s>"] != nil && vocabulary["</s>"] != nil
    default:
      throw TributaryError(
        "tokenizer.kind", "vocab.json and merges.txt of a \(settings.kind.prefix(40)) tokenizer",
        advice: "known are gpt2's and roberta's; others need a tokenizer.json")
    }
  }

  private static func pairs(_ bytes: Bytes) throws -> [(left: String, right: String)] {
    let lines = try String(tokenizerFile: bytes, "merges.txt").tokenizerLines
    var pairs: [(left: String, right: String)] = []
    for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#version") {
      guard let pair = TokenizerJSON.pair(line) else {
        throw TributaryError(
          "tokenizer.merges", "merges.txt line \(index + 1) is no pair of tokens")
      }
      pairs.append(pair)
    }
    return pairs
  }
}
