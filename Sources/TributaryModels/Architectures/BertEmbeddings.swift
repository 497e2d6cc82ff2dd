internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// Word, position and segment vectors added, normalised, with dropout: ids `[B, T]` -> `[B, T, hidden]`.
struct BertEmbeddings: Sendable {
  private let words: Embedding
  private let positions: Embedding
  private let segments: Embedding
  private let norm: LayerNorm
  private let dropout: Dropout

  init(_ name: String, _ bert: BertConfiguration) {
    func table(_ part: String, _ count: Int) -> Embedding {
      Embedding(
        "\(name).\(part)_embeddings", count: count, size: bert.hiddenSize,
        initializer: .normal(standardDeviation: bert.initializerRange))
    }
    words = table("word", bert.vocabularySize)
    positions = table("position", bert.maximumPositions)
    segments = table("token_type", bert.segments)
    norm = LayerNorm("\(name).LayerNorm", size: bert.hiddenSize, epsilon: bert.layerNormEpsilon)
    dropout = Dropout("\(name).dropout", probability: bert.hiddenDropout)
  }

  var tensors: [TensorSpec] {
    words.tensors + positions.tensors + segments.tensors + norm.tensors
  }

  func callAsFunction(_ ids: Tensor, segments types: Tensor?, _ pass: Pass) throws -> Tensor {
    let position = try positions.rows(0..<ids.shape[1], pass)
    let segment = try types.map { try segments($0, pass) } ?? segments.rows(0..<1, pass)
    let sum = try words(ids, pass) + (position + segment)
    return try dropout(norm(sum, pass), pass)
  }
}
