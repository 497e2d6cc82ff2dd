internal import TributaryCore
internal import TributaryStorage

extension TokenizerJSON {
  /// What a post-processor puts around one text.
  static func frame(_ json: JSON) throws -> SpecialTokenFrame {
    switch kind(json) {
    case "Sequence":
      return try steps(json, "processors", frame).reduce(SpecialTokenFrame()) { inner, outer in
        SpecialTokenFrame(
          prefix: outer.prefix + inner.prefix, suffix: inner.suffix + outer.suffix)
      }
    // Only moves offsets.
    case "ByteLevel": return SpecialTokenFrame()
    case "BertProcessing", "RobertaProcessing":
      return SpecialTokenFrame(
        prefix: [try id(ofPair: json["cls"])], suffix: [try id(ofPair: json["sep"])])
    case "TemplateProcessing": return try template(json)
    default:
      throw unsupported(
        "post-processor", json,
        known: "TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel, Sequence")
    }
  }

  /// The id of `["[SEP]", 102]`.
  private static func id(ofPair json: JSON?) throws -> Int32 {
    guard let pair = json?.array, pair.count == 2, let id = id(pair[1]) else {
      throw malformed("the post-processor")
    }
    return id
  }

  private static func template(_ json: JSON) throws -> SpecialTokenFrame {
    var frame = SpecialTokenFrame()
    var isBehindText = false
    for part in json["single"]?.array ?? [] {
      if part["Sequence"] != nil {
        guard !isBehindText else { throw malformed("a template with the text twice") }
        isBehindText = true
        continue
      }
      guard let name = part["SpecialToken"]?["id"]?.string,
        let entry = json["special_tokens"]?[name], let numbers = entry["ids"]?.array
      else { throw malformed("TemplateProcessing") }
      let ids = numbers.compactMap(id)
      guard ids.count == numbers.count else { throw malformed("TemplateProcessing") }
      if isBehindText { frame.suffix += ids } else { frame.prefix += ids }
    }
    guard isBehindText else { throw malformed("a template without the text") }
    return frame
  }

  private static func id(_ json: JSON) -> Int32? {
    json.integer.flatMap(Int32.init(exactly:)).flatMap { (0..<(1 << 24)).contains($0) ? $0 : nil }
  }
}
