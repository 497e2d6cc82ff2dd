internal import TributaryCore
internal import TributaryStorage

/// What a model needs of word vectors: a table with a row a token, and a tokenizer that finds the rows.
extension WordVectors {
  /// Tokens in front of the words: padding, unknown words, and the end of a text, as fastText has it, so that no text
  /// is without a token.
  private static let specials = ["[PAD]", "[UNK]", "</s>"]

  private var ownWords: [(word: String, row: Int)] {
    words.enumerated().filter { !Self.specials.contains($0.element) }
      .map { ($0.element, $0.offset) }
  }

  var vocabularyCount: Int { Self.specials.count + ownWords.count }

  /// `[vocabularyCount, dimension]`: zeros for padding, the mean of all words for an unknown one, the file's own
  /// vector (or zeros) for the end of a text.
  var table: HostTensor {
    var rows = [Float](repeating: 0, count: dimension)
    rows += (0..<dimension).map { column in
      let sum = words.indices.reduce(0) { $0 + Double(values[$1 * dimension + column]) }
      return Float(sum / Double(words.count))
    }
    rows +=
      words.firstIndex(of: Self.specials[2]).map(vector)
      ?? [Float](repeating: 0, count: dimension)
    for (_, row) in ownWords { rows += vector(row) }
    return HostTensor(rows, shape: [vocabularyCount, dimension])
  }

  private func vector(_ row: Int) -> [Float] {
    Array(values[(row * dimension)..<((row + 1) * dimension)])
  }

  /// Hugging Face's `tokenizer.json`: words as BERT parts them, lower-cased where the vectors know no capitals.
  var tokenizer: Bytes {
    let isLowercase = !words.contains { $0.contains(where: \.isUppercase) }
    func entry(_ name: String, _ id: Int) -> JSON {
      .object([
        ("id", .integer(id)), ("content", .string(name)), ("single_word", .bool(false)),
        ("lstrip", .bool(false)), ("rstrip", .bool(false)), ("normalized", .bool(false)),
        ("special", .bool(true)),
      ])
    }
    let tokens = Self.specials + ownWords.map(\.word)
    return Bytes(
      copying: Array(
        JSON.object([
          ("version", .string("1.0")), ("truncation", .null), ("padding", .null),
          ("added_tokens", .array(Self.specials.enumerated().map { entry($0.element, $0.offset) })),
          (
            "normalizer",
            .object([
              ("type", .string("BertNormalizer")), ("clean_text", .bool(true)),
              ("handle_chinese_chars", .bool(false)), ("strip_accents", .bool(false)),
              ("lowercase", .bool(isLowercase)),
            ])
          ),
          ("pre_tokenizer", .object([("type", .string("BertPreTokenizer"))])),
          ("post_processor", Self.ending), ("decoder", .null),
          (
            "model",
            .object([
              ("type", .string("WordLevel")),
              (
                "vocab",
                .object(tokens.enumerated().map { ($0.element, .integer($0.offset)) })
              ),
              ("unk_token", .string(Self.specials[1])),
            ])
          ),
        ]).indentedText.utf8))
  }

  /// The end of a text behind its words.
  private static var ending: JSON {
    let end = JSON.object([
      ("SpecialToken", .object([("id", .string(specials[2])), ("type_id", .integer(0))]))
    ])
    func text(_ id: String) -> JSON {
      .object([("Sequence", .object([("id", .string(id)), ("type_id", .integer(0))]))])
    }
    return .object([
      ("type", .string("TemplateProcessing")), ("single", .array([text("A"), end])),
      ("pair", .array([text("A"), end, text("B"), end])),
      (
        "special_tokens",
        .object([
          (
            specials[2],
            .object([
              ("id", .string(specials[2])), ("ids", .array([.integer(2)])),
              ("tokens", .array([.string(specials[2])])),
            ])
          )
        ])
      ),
    ])
  }
}
