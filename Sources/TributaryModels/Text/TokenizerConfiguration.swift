internal import TributaryCore
internal import TributaryStorage

/// What a model folder says about its tokenizer.
struct TokenizerConfiguration: Sendable {
  /// The special tokens' roles, each with BERT's own spelling and key in `tokenizer_config.json`.
  enum Role: String, CaseIterable, Sendable {
    case padding = "pad_token"
    case unknown = "unk_token"
    case classification = "cls_token"
    case separator = "sep_token"
    case mask = "mask_token"

    var standard: String {
      switch self {
      case .padding: "[PAD]"
      case .unknown: "[UNK]"
      case .classification: "[CLS]"
      case .separator: "[SEP]"
      case .mask: "[MASK]"
      }
    }
  }

  /// Tokens with their ids; no dictionary, because tokens that Unicode deems equivalent differ.
  var vocabulary: [(token: String, id: Int32)]
  var normalizer = BertNormalizer()
  var specials: [Role: String] = [:]

  /// - Throws: `tokenizer.missing`, `tokenizer.kind`, `tokenizer.vocabulary`, `json.*`.
  init(assets: [String: Bytes]) throws {
    let whole = try assets["tokenizer.json"].map { bytes in
      // A vocabulary beside it makes the large file unnecessary.
      assets["vocab.txt"] == nil ? try JSON(parsing: bytes, name: "tokenizer.json") : nil
    }
    if let text = assets["vocab.txt"] {
      vocabulary = try Self.vocabulary(text)
    } else if let whole = whole ?? nil {
      vocabulary = try Self.vocabulary(whole)
      normalizer = Self.normalizer(whole["normalizer"])
    } else {
      throw TributaryError(
        "tokenizer.missing", "the model folder has neither vocab.txt nor tokenizer.json",
        advice: "a text model needs the files that Hugging Face saves with a BERT tokenizer")
    }
    if let bytes = assets["tokenizer_config.json"] {
      read(try JSON(parsing: bytes, name: "tokenizer_config.json"))
    }
  }

  private mutating func read(_ settings: JSON) {
    if let lowercases = settings["do_lower_case"]?.bool {
      normalizer.lowercases = lowercases
      normalizer.stripsAccents = lowercases
    }
    if let strips = settings["strip_accents"]?.bool { normalizer.stripsAccents = strips }
    if let separates = settings["tokenize_chinese_chars"]?.bool {
      normalizer.separatesIdeographs = separates
    }
    for role in Role.allCases {
      let entry = settings[role.rawValue]
      if let token = entry?.string ?? entry?["content"]?.string { specials[role] = token }
    }
  }

  private static func vocabulary(_ text: Bytes) throws -> [(token: String, id: Int32)] {
    var tokens: [(token: String, id: Int32)] = []
    let lines = text.array(of: UInt8.self).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      if index == lines.count - 1 && line.isEmpty { break }
      let token = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard let name = String(validating: token, as: UTF8.self) else {
        throw TributaryError(
          "tokenizer.vocabulary", "vocab.txt line \(index + 1) is not UTF-8")
      }
      tokens.append((name, Int32(index)))
    }
    return tokens
  }

  private static func vocabulary(_ whole: JSON) throws -> [(token: String, id: Int32)] {
    let kind = whole["model"]?["type"]?.string
    guard kind == "WordPiece", let entries = whole["model"]?["vocab"]?.object else {
      throw TributaryError(
        "tokenizer.kind", "tokenizer.json holds a \(kind ?? "tokenizer of no kind"), not WordPiece",
        advice: "only BERT's tokenizer is known")
    }
    var tokens: [(token: String, id: Int32)] = []
    for (token, id) in entries {
      guard let id = id.integer.flatMap(Int32.init(exactly:)), id >= 0 else {
        throw TributaryError("tokenizer.vocabulary", "tokenizer.json: a token's id is no number")
      }
      tokens.append((token, id))
    }
    return tokens
  }

  private static func normalizer(_ entry: JSON?) -> BertNormalizer {
    var normalizer = BertNormalizer()
    if let value = entry?["lowercase"]?.bool { normalizer.lowercases = value }
    normalizer.stripsAccents = entry?["strip_accents"]?.bool ?? normalizer.lowercases
    if let value = entry?["handle_chinese_chars"]?.bool { normalizer.separatesIdeographs = value }
    return normalizer
  }
}
