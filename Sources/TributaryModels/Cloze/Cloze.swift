internal import TributaryCore
internal import TributaryStorage

/// How a masked language model classifies a text: it stands in a template with a mask, and each class has a word that
/// may stand there (Schick & Schütze 2021, arXiv:2001.07676; Gao, Fisch & Chen 2021, arXiv:2012.15723).
///
/// `template` is text with `{text}` and `{mask}` once each: `{text} It was {mask}.` In JSON: `template`, `words` in
/// label order, and of the tokenizer `word_ids` and `mask_index`, the mask's place counted from the start of the
/// tokens, or, below 0, from their end.
struct Cloze: Sendable, Equatable {
  let template: String
  let words: [String]
  let wordIDs: [Int32]
  let maskIndex: Int

  /// - Throws: `model.cloze` for a template without its two places, a word that is no single token of `tokenizer`, or
  ///   one that stands for two classes.
  init(template: String, words: [String], tokenizer: any Tokenizer) throws {
    self.template = template
    self.words = words
    let parts = try ClozeTemplate(template, tokenizer: tokenizer)
    maskIndex = parts.maskIndex
    wordIDs = try words.map { word in
      let ids = parts.tokens(of: word)
      let inner = parts.tokens(of: " \(word)")
      guard let id = [inner, ids].first(where: { $0.count == 1 })?.first else {
        throw Self.error(
          "\"\(word.prefix(60))\" is \(ids.count) tokens of this model",
          advice: "choose a word of transfer.prompt.words that is one")
      }
      return id
    }
    guard Set(wordIDs).count == wordIDs.count else {
      throw Self.error("two classes have the same word", advice: "change transfer.prompt.words")
    }
  }

  /// - Throws: `model.cloze` for what is not complete, or names tokens that are not in `vocabulary`.
  init(_ json: JSON, vocabulary: Int) throws {
    guard let template = json["template"]?.string,
      let words = json["words"]?.array?.compactMap(\.string),
      let ids = json["word_ids"]?.array?.compactMap(\.integer), ids.count == words.count,
      ids.count >= 2, ids.allSatisfy((0..<vocabulary).contains),
      let index = json["mask_index"]?.integer, (-65_535...65_535).contains(index)
    else { throw Self.error("config.json: the template or its words are not complete") }
    self.template = template
    self.words = words
    wordIDs = ids.map(Int32.init)
    maskIndex = index
  }

  var json: JSON {
    .object([
      ("template", .string(template)), ("words", .array(words.map(JSON.string))),
      ("word_ids", .array(wordIDs.map { .integer(Int($0)) })), ("mask_index", .integer(maskIndex)),
    ])
  }

  static func error(_ what: String, advice: String? = nil) -> TributaryError {
    TributaryError("model.cloze", what, advice: advice)
  }
}
