/// A tokenizer put together from parts: added tokens are found, the text between them is normalised, cut
/// into words, and each word becomes ids of the model; special tokens go around the whole.
struct PipelineTokenizer: Tokenizer {
  var addedTokens = AddedTokens()
  var normalizer: (any Normalizer)?
  var preTokenizer: (any PreTokenizer)?
  var model: any TokenModel
  var frame = SpecialTokenFrame()
  var decoder: (any TokenDecoder)?
  var paddingID: Int32 = 0

  var vocabularyCount: Int { max(model.vocabulary.idLimit, addedTokens.idLimit) }

  func id(of token: String) -> Int32? { addedTokens[token] ?? model.vocabulary[token] }

  func encode(_ text: String, maximumTokens: Int) -> [Int32] {
    var ids = frame.prefix
    let limit = ids.count + max(0, maximumTokens - ids.count - frame.suffix.count)
    for segment in addedTokens.segments(of: text, normalizer: normalizer) where ids.count < limit {
      switch segment {
      case .token(let id): ids.append(id)
      case .text(let piece): append(piece, to: &ids, limit: limit)
      }
    }
    if ids.count > limit { ids.removeLast(ids.count - limit) }
    return ids + frame.suffix
  }

  private func append(_ piece: TextPiece, to ids: inout [Int32], limit: Int) {
    var bytes: [UInt8] = []
    for word in preTokenizer?.split(piece) ?? [piece] where ids.count < limit {
      bytes.removeAll(keepingCapacity: true)
      for scalar in word.scalars {
        if scalar.value < 0x80 {
          bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
          bytes.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
        }
      }
      bytes.withUnsafeBufferPointer { model.append($0, to: &ids) }
    }
  }

  func decode(_ ids: [Int32]) -> String {
    let tokens = ids.compactMap { id -> [Unicode.Scalar]? in
      if let added = addedTokens.token(of: id) {
        return added.isSpecial ? nil : added.content
      }
      return model.vocabulary.token(of: id).map { Array($0.unicodeScalars) }
    }
    guard let decoder else {
      return String(scalars: Array(tokens.joined(separator: [" "])))
    }
    return String(scalars: Array(decoder.decode(tokens).joined()))
  }
}

/// The ids in front of a text's own and behind them.
struct SpecialTokenFrame: Sendable, Equatable {
  var prefix: [Int32] = []
  var suffix: [Int32] = []
}

/// A stretch of text on its way to words.
struct TextPiece: Sendable {
  var scalars: [Unicode.Scalar]
  /// Whether the whole text begins with it.
  var isFirst = false
}

extension String {
  init(scalars: [Unicode.Scalar]) {
    var view = UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }
}
