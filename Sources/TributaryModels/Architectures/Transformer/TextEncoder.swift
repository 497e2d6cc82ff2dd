internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// BERT and its descendants without a head: tokens `[B, T]` become vectors `[B, T, hidden]`, with a soft prompt of N
/// vectors in front `[B, N + T, hidden]`.
struct TextEncoder: Sendable {
  let sizes: TransformerConfiguration
  /// The table of words, which a language model's head shares.
  let wordTable: String
  let tensors: [TensorSpec]
  /// The embeddings, then the layers.
  let layerNames: [String]
  private let embeddings: EncoderEmbeddings
  private let projection: Linear?
  private let layers: [EncoderLayer]

  var shape: TransformerShape {
    TransformerShape(sizes, wordTable: wordTable, layers: layers.map(\.places))
  }

  /// - Parameters:
  ///   - projection: from the embeddings' size to the layers', where they differ.
  ///   - layers: one a step; those that share tensors differ in what addresses their dropouts.
  init(
    _ sizes: TransformerConfiguration, embeddings: EncoderEmbeddings, projection: Linear? = nil,
    layers: [EncoderLayer]
  ) {
    self.sizes = sizes
    self.embeddings = embeddings
    self.projection = projection
    self.layers = layers
    wordTable = embeddings.wordTable
    layerNames = [embeddings.name] + layers.map(\.name)
    var seen: Set<String> = []
    tensors =
      embeddings.tensors + (projection?.tensors ?? [])
      + layers.flatMap(\.tensors).filter { seen.insert($0.name).inserted }
  }

  /// - Parameter onlyFirst: whether the first token's vector is all that is wanted: `[B, 1, hidden]`, unless
  ///   the pass captures the last layer.
  func callAsFunction(
    _ batch: TokenBatch, onlyFirst: Bool = false, _ pass: Pass
  ) throws -> Tensor {
    var x = try embeddings(batch.ids, segments: batch.segments, pass)
    let mask = batch.mask(in: pass)
    pass.capture(layerNames[0], x)
    if let projection { x = try projection(x, pass) }
    for (step, layer) in layers.enumerated() {
      let isLast = step == layers.count - 1
      let onlyFirst = onlyFirst && isLast && !pass.isCapturing(layer.name)
      x = try pass.checkpointed(x) {
        try layer($0, mask: mask, onlyFirst: onlyFirst, $1)
      }
      pass.capture(layer.name, x)
    }
    return x
  }
}
