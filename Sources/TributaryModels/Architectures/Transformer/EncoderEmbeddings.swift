internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// Word, position and segment vectors added, normalised, with dropout: ids `[B, T]` -> `[B, T, size]`, with a soft
/// prompt of N vectors in front of the words `[B, N + T, size]`.
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
    var x = try words(ids, pass)
    if let prompt = pass.adapters?.prompt { x = try prompt(before: x, pass) }
    var offset = try position(of: ids, length: x.shape[1], pass)
    if let segments {
      offset =
        try offset
        + (types.map { try segments(Self.typed($0, length: x.shape[1]), pass) }
          ?? segments.rows(0..<1, pass))
    }
    return try dropout(norm(x + offset, pass), pass)
  }

  /// Segments `[B, T]` of texts with a prompt in front, which is of the first segment.
  private static func typed(_ types: Tensor, length: Int) -> Tensor {
    let (rows, own) = (types.shape[0], types.shape[1])
    guard length > own else { return types }
    let values = types.ints()
    let padding = [Int32](repeating: 0, count: length - own)
    return Tensor(
      (0..<rows).flatMap { padding + values[($0 * own)..<(($0 + 1) * own)] },
      shape: [rows, length])
  }

  /// - Parameter length: with the prompt's vectors.
  private func position(of ids: Tensor, length: Int, _ pass: Pass) throws -> Tensor {
    // A prefix of keys and values takes the first places.
    let start = pass.adapters?.prefix?.count ?? 0
    let own = ids.shape[1]
    switch numbering {
    case .fromZero: return try positions.rows(start..<(start + length), pass)
    case .skipping(let padding) where length > own:
      // Behind a prompt, which has no ids, `transformers` numbers all vectors.
      let first = Int(padding) + 1
      return try positions.rows(first..<(first + length), pass)
    case .skipping(let padding):
      var numbers = ids.ints()
      for row in stride(from: 0, to: numbers.count, by: own) {
        var last = padding + Int32(start)
        for index in row..<(row + own) where numbers[index] != padding {
          last += 1
          numbers[index] = last
        }
      }
      return try positions(Tensor(numbers, shape: ids.shape), pass)
    }
  }
}
