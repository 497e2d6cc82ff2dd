internal import TributaryCore
internal import TributaryStorage

extension TokenizerJSON {
  static func model(_ json: JSON) throws -> any TokenModel {
    // Old files name no type.
    let type = json["type"]?.string ?? (json["merges"] == nil ? "WordPiece" : "BPE")
    switch type {
    case "WordPiece": return try wordPiece(json)
    case "BPE": return try bytePairEncoding(json)
    case "Unigram": return try unigram(json)
    case "WordLevel": return try wordLevel(json)
    default: throw unsupported("model", json, known: "WordPiece, BPE, Unigram, WordLevel")
    }
  }

  /// A vocabulary as an object of ids by token.
  static func entries(_ json: JSON?, file: String) throws -> [TokenVocabulary.Entry] {
    guard let entries = json?.object else {
      throw TributaryError("tokenizer.vocabulary", "\(file) has no vocabulary")
    }
    return try entries.map { token, id in
      guard let id = id.integer.flatMap(Int32.init(exactly:)) else {
        throw TributaryError("tokenizer.vocabulary", "\(file): a token's id is no number")
      }
      return (token, id)
    }
  }

  /// Two tokens parted by a space.
  static func pair(_ line: String) -> (left: String, right: String)? {
    let parts = line.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    return (String(Substring(parts[0])), String(Substring(parts[1])))
  }

  private static func wordPiece(_ json: JSON) throws -> WordPiece {
    try WordPiece(
      vocabulary: TokenVocabulary(entries(json["vocab"], file: "tokenizer.json")),
      unknown: json["unk_token"]?.string ?? "[UNK]",
      continuationPrefix: json["continuing_subword_prefix"]?.string ?? "##",
      maximumWordLength: json["max_input_chars_per_word"]?.integer ?? 100)
  }

  private static func wordLevel(_ json: JSON) throws -> WordLevel {
    try WordLevel(
      vocabulary: TokenVocabulary(entries(json["vocab"], file: "tokenizer.json")),
      unknown: json["unk_token"]?.string ?? "<unk>")
  }

  private static func bytePairEncoding(_ json: JSON) throws -> BytePairEncoding {
    if let dropout = json["dropout"]?.double, dropout > 0 {
      throw TributaryError("tokenizer.component", "tokenizer.json: BPE's dropout is not supported")
    }
    let pairs = try (json["merges"]?.array ?? []).map { entry in
      if let line = entry.string, let pair = pair(line) { return pair }
      guard let both = entry.array, both.count == 2, let left = both[0].string,
        let right = both[1].string
      else { throw TributaryError("tokenizer.merges", "tokenizer.json: a merge is no pair") }
      return (left: left, right: right)
    }
    return try BytePairEncoding(
      vocabulary: TokenVocabulary(entries(json["vocab"], file: "tokenizer.json")), merges: pairs,
      options: BytePairEncoding.Options(
        unknown: json["unk_token"]?.string, fusesUnknown: json["fuse_unk"]?.bool ?? false,
        hasByteFallback: json["byte_fallback"]?.bool ?? false,
        ignoresMerges: json["ignore_merges"]?.bool ?? false,
        continuationPrefix: json["continuing_subword_prefix"]?.string ?? "",
        wordSuffix: json["end_of_word_suffix"]?.string ?? ""))
  }

  private static func unigram(_ json: JSON) throws -> Unigram {
    let pieces = try (json["vocab"]?.array ?? []).map { entry in
      guard let both = entry.array, both.count == 2, let token = both[0].string,
        let score = both[1].double
      else { throw TributaryError("tokenizer.vocabulary", "tokenizer.json: a piece has no score") }
      return (token: token, score: score)
    }
    return try Unigram(
      pieces: pieces, unknown: json["unk_id"]?.integer ?? -1,
      hasByteFallback: json["byte_fallback"]?.bool ?? false)
  }
}
