internal import TributaryCore
internal import TributaryStorage

/// Reads `tokenizer.json` of Hugging Face's `tokenizers`, part by part. A part that is not known is refused by
/// name: a tokenizer that is almost right is wrong.
struct TokenizerJSON {
  let root: JSON

  init(_ root: JSON) { self.root = root }

  /// - Throws: `tokenizer.*`
  func tokenizer() throws -> PipelineTokenizer {
    guard let model = root["model"] else {
      throw TributaryError("tokenizer.kind", "tokenizer.json has no model")
    }
    let normalizer = try Self.part(root["normalizer"]).map(Self.normalizer)
    var tokenizer = PipelineTokenizer(
      addedTokens: AddedTokens(try addedTokens(), normalizer: normalizer), normalizer: normalizer,
      preTokenizer: try Self.part(root["pre_tokenizer"]).map(Self.preTokenizer),
      model: try Self.model(model),
      decoder: try Self.part(root["decoder"]).map(Self.decoder))
    if let processor = Self.part(root["post_processor"]) {
      tokenizer.frame = try Self.frame(processor)
    }
    if let id = root["padding"]?["pad_id"]?.integer.flatMap(Int32.init(exactly:)), id >= 0 {
      tokenizer.paddingID = id
    }
    return tokenizer
  }

  private func addedTokens() throws -> [AddedToken] {
    try (root["added_tokens"]?.array ?? []).map { entry in
      guard let id = entry["id"]?.integer.flatMap(Int32.init(exactly:)),
        let token = AddedToken(json: entry, id: id)
      else {
        throw TributaryError(
          "tokenizer.vocabulary", "tokenizer.json: an added token has no content or no possible id")
      }
      return token
    }
  }

  /// A part of the file; nil where it is not there or null.
  static func part(_ json: JSON?) -> JSON? { json == .null ? nil : json }

  static func kind(_ json: JSON) -> String { json["type"]?.string ?? "of no type" }

  static func scalars(_ json: JSON?) -> [Unicode.Scalar]? {
    json?.string.map { Array($0.unicodeScalars) }
  }

  static func unsupported(_ part: String, _ json: JSON, known: String) -> TributaryError {
    TributaryError(
      "tokenizer.component",
      "tokenizer.json: the \(part) \(kind(json).prefix(40)) is not supported",
      advice: "known: \(known)")
  }

  static func malformed(_ part: String) -> TributaryError {
    TributaryError("tokenizer.component", "tokenizer.json: \(part) is not complete")
  }

  /// The steps of a `Sequence`.
  static func steps<Step>(
    _ json: JSON, _ name: String, _ read: (JSON) throws -> Step
  ) throws -> [Step] {
    guard let steps = json[name]?.array else { throw malformed("a Sequence's \(name)") }
    return try steps.map(read)
  }

  /// `{"String": ...}` or `{"Regex": ...}`.
  static func pattern(_ json: JSON, of component: String) throws -> TextPattern {
    if let literal = scalars(json["pattern"]?["String"]) { return .literal(literal) }
    guard let expression = json["pattern"]?["Regex"]?.string else {
      throw malformed("\(component)'s pattern")
    }
    return try TextPattern(expression: expression, of: component)
  }
}
