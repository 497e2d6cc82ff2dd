internal import TributaryCore
internal import TributaryStorage

/// Which tokenizer a model folder's small files hold.
enum TokenizerFolder {
  /// The files that a tokenizer may be read from.
  static let fileNames = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.txt", "vocab.json", "merges.txt", "spiece.model",
  ]

  /// The tokenizer of `tokenizer.json`; else of `vocab.txt` (BERT), of `vocab.json` with `merges.txt` (GPT-2,
  /// RoBERTa), or of `spiece.model` (ALBERT).
  ///
  /// - Throws: `tokenizer.*` where files are missing, malformed or of another kind of tokenizer; `json.*`.
  static func tokenizer(assets: [String: Bytes]) throws -> PipelineTokenizer {
    let settings = try TokenizerSettings(assets: assets)
    var tokenizer: PipelineTokenizer
    if let bytes = assets["tokenizer.json"] {
      tokenizer = try TokenizerJSON(JSON(parsing: bytes, name: "tokenizer.json")).tokenizer()
      if let bert = tokenizer.normalizer as? BertNormalizer {
        tokenizer.normalizer = settings.applied(to: bert)
      }
    } else if let vocabulary = assets["vocab.txt"] {
      tokenizer = try BertFiles.tokenizer(vocabulary: vocabulary, settings: settings)
    } else if let vocabulary = assets["vocab.json"], let merges = assets["merges.txt"] {
      tokenizer = try ByteLevelFiles.tokenizer(
        vocabulary: vocabulary, merges: merges, settings: settings)
    } else if let model = assets["spiece.model"] {
      tokenizer = try AlbertFile.tokenizer(model: model, settings: settings)
    } else {
      throw TributaryError(
        "tokenizer.missing",
        "the model folder has no tokenizer.json, vocab.txt, vocab.json with merges.txt, or spiece.model",
        advice: "a text model needs the files that Hugging Face saves with its tokenizer")
    }
    tokenizer.paddingID = settings.paddingID(of: tokenizer)
    return tokenizer
  }
}

extension String {
  /// - Throws: `tokenizer.vocabulary` where the bytes are no UTF-8.
  init(tokenizerFile bytes: Bytes, _ name: String) throws {
    guard let text = String(validating: bytes.array(of: UInt8.self), as: UTF8.self) else {
      throw TributaryError("tokenizer.vocabulary", "\(name) is not UTF-8")
    }
    self = text
  }

  /// The lines without their ends, by bytes; an end of line behind the last is no line.
  var tokenizerLines: [String] {
    var lines = utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { line in
      String(Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line))
    }
  }
}
