internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// Word, position and segment vectors added, normalised, with dropout: ids `[B, T]` -> `[B, T, size]`.
struct EncoderEmbeddings: Sendable {
  /// What position a token has.
  enum Positions: Sendable {
    /// Its place in the text, from 0.
    case fromZero
    /// RoBERTa's: tokens other than `padding` are numbered from `padding` + 1; padding stays `padding`.
    case skipping(padding: Int32)
  }

  let name: String
  private let words: Embedding
  private let positions: Embedding
  /// nil: the architecture knows no segments.
  private let segments: Embedding?
  private let norm: LayerNorm
  private let dropout: Dropout
  private let numbering: Positions

  init(_ name: String, _ sizes: TransformerConfiguration, numbering: Positions = .fromZero) {
    func table(_ part: String, _ count: Int) -> Embedding {
      Embedding(
        "\(name).\(part)_embeddings", count: count, size: sizes.embeddingSize,
        initializer: .normal(standardDeviation: sizes.initializerRange))
    }
    self.name = name
    words = table("word", sizes.vocabularySize)
    positions = table("position", sizes.maximumPositions)
    segments = sizes.segments > 0 ? table("token_type", sizes.segments) : nil
    norm = LayerNorm(
      "\(name).LayerNorm", size: sizes.embeddingSize, epsilon: sizes.layerNormEpsilon)
    dropout = Dropout("\(name).dropout", probability: sizes.hiddenDropout)
    self.numbering = numbering
  }

  /// The table of words, which a language model's head shares.
  var wordTable: String { words.weight }

  var tensors: [TensorSpec] {
    words.tensors + positions.tensors + (segments?.tensors ?? []) + norm.tensors
  }

  func callAsFunction(_ ids: Tensor, segments types: Tensor?, _ pass: Pass) throws -> Tensor {
    var offset = try position(of: ids, pass)
    if let segments {
      offset = try offset + (types.map { try segments($0, pass) } ?? segments.rows(0..<1, pass))
    }
    return try dropout(norm(words(ids, pass) + offset, pass), pass)
  }

  private func position(of ids: Tensor, _ pass: Pass) throws -> Tensor {
    let length = ids.shape[1]
    switch numbering {
    case .fromZero: return try positions.rows(0..<length, pass)
    case .skipping(let padding):
      var numbers = ids.ints()
      for row in stride(from: 0, to: numbers.count, by: length) {
        var last = padding
        for index in row..<(row + length) where numbers[index] != padding {
          last += 1
          numbers[index] = last
        }
      }
      return try positions(Tensor(numbers, shape: ids.shape), pass)
    }
  }
}
