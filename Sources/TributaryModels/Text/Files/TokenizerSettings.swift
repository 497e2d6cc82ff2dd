internal import TributaryCore
internal import TributaryStorage

/// What `tokenizer_config.json` and the files beside it say: special tokens by role, and a tokenizer's options.
struct TokenizerSettings: Sendable {
  enum Role: String, CaseIterable, Sendable {
    case beginning = "bos_token"
    case end = "eos_token"
    case unknown = "unk_token"
    case separator = "sep_token"
    case padding = "pad_token"
    case classification = "cls_token"
    case mask = "mask_token"
  }

  private let configuration: JSON
  private let roles: JSON
  /// `added_tokens.json`: ids by token.
  private let additional: JSON
  /// `tokenizer_class`, or what the model type implies; in lower case without `tokenizer`.
  let kind: String

  /// - Throws: `json.syntax`.
  init(assets: [String: Bytes]) throws {
    func read(_ name: String) throws -> JSON {
      try assets[name].map { try JSON(parsing: $0, name: name) } ?? .object([])
    }
    configuration = try read("tokenizer_config.json")
    roles = try read("special_tokens_map.json")
    additional = try read("added_tokens.json")
    let model = try read("config.json")["model_type"]?.string
    let named = configuration["tokenizer_class"]?.string ?? model ?? ""
    var kind = named.lowercased()
    for ending in ["fast", "tokenizer"] where kind.hasSuffix(ending) {
      kind.removeLast(ending.count)
    }
    self.kind = kind
  }

  subscript(flag name: String) -> Bool? { configuration[name]?.bool }

  /// The token that the files name for a role.
  func token(_ role: Role) -> String? {
    for source in [configuration[role.rawValue], roles[role.rawValue]] {
      if let token = source?.string ?? source?["content"]?.string { return token }
    }
    return nil
  }

  /// The special tokens of `standard`, as far as the vocabulary has them, in the files' own spelling, with what
  /// else the files add.
  func addedTokens(
    standard: [Role: String], in vocabulary: TokenVocabulary, others: [AddedToken] = [],
    normalizer: (any Normalizer)? = nil
  ) -> AddedTokens {
    var tokens = others
    for role in Role.allCases {
      guard let content = token(role) ?? standard[role], let id = vocabulary[content] else {
        continue
      }
      var token = AddedToken(content: Array(content.unicodeScalars), id: id, isSpecial: true)
      let entry = configuration[role.rawValue]
      token.stripsLeft = entry?["lstrip"]?.bool ?? false
      token.stripsRight = entry?["rstrip"]?.bool ?? false
      tokens.append(token)
    }
    for (content, id) in additional.object ?? [] {
      guard let id = id.integer.flatMap(Int32.init(exactly:)), (0..<(1 << 24)).contains(id) else {
        continue
      }
      tokens.append(AddedToken(content: Array(content.unicodeScalars), id: id, isNormalized: true))
    }
    for (number, entry) in configuration["added_tokens_decoder"]?.object ?? [] {
      guard let id = Int32(number), let token = AddedToken(json: entry, id: id) else { continue }
      tokens.append(token)
    }
    return AddedTokens(tokens, normalizer: normalizer)
  }

  /// The options that `tokenizer_config.json` sets above a `tokenizer.json`'s own.
  func applied(to normalizer: BertNormalizer) -> BertNormalizer {
    var normalizer = normalizer
    if let lowercases = self[flag: "do_lower_case"], lowercases != normalizer.lowercases {
      normalizer.lowercases = lowercases
      normalizer.stripsAccents = lowercases
    }
    if let strips = self[flag: "strip_accents"] { normalizer.stripsAccents = strips }
    if let separates = self[flag: "tokenize_chinese_chars"] {
      normalizer.separatesIdeographs = separates
    }
    return normalizer
  }

  func paddingID(of tokenizer: PipelineTokenizer) -> Int32 {
    let names = [token(.padding), "[PAD]", "<pad>"].compactMap { $0 }
    return names.lazy.compactMap(tokenizer.id).first ?? tokenizer.paddingID
  }
}

extension AddedToken {
  /// An entry of `added_tokens`; nil where it has no content or an impossible id.
  init?(json: JSON, id: Int32) {
    guard let content = json["content"]?.string, (0..<(1 << 24)).contains(id) else { return nil }
    self.init(
      content: Array(content.unicodeScalars), id: id,
      isSpecial: json["special"]?.bool ?? false,
      isSingleWord: json["single_word"]?.bool ?? false,
      stripsLeft: json["lstrip"]?.bool ?? false, stripsRight: json["rstrip"]?.bool ?? false,
      isNormalized: json["normalized"]?.bool ?? !(json["special"]?.bool ?? false))
  }
}
