internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// BERT and its descendants without a head: tokens `[B, T]` become vectors `[B, T, hidden]`.
struct TextEncoder: Sendable {
  let sizes: TransformerConfiguration
  /// The table of words, which a language model's head shares.
  let wordTable: String
  let tensors: [TensorSpec]
  /// The embeddings, then the layers in the order in which they run; one that is shared has a name a step.
  let layerNames: [String]
  private let embeddings: EncoderEmbeddings
  private let projection: Linear?
  private let layers: [EncoderLayer]
  /// Which of `layers` runs at each step.
  private let order: [Int]

  /// - Parameters:
  ///   - projection: from the embeddings' size to the layers', where they differ.
  ///   - order: where layers are shared, which of them runs at each step; nil: each once.
  init(
    _ sizes: TransformerConfiguration, embeddings: EncoderEmbeddings, projection: Linear? = nil,
    layers: [EncoderLayer], order: [Int]? = nil, layerName: String
  ) {
    self.sizes = sizes
    self.embeddings = embeddings
    self.projection = projection
    self.layers = layers
    self.order = order ?? Array(layers.indices)
    wordTable = embeddings.wordTable
    layerNames = [embeddings.name] + self.order.indices.map { "\(layerName).\($0)" }
    tensors =
      embeddings.tensors + (projection?.tensors ?? []) + layers.flatMap(\.tensors)
  }

  /// - Parameter onlyFirst: whether the first token's vector is all that is wanted: `[B, 1, hidden]`, unless
  ///   the pass captures the last layer.
  func callAsFunction(
    _ batch: TokenBatch, onlyFirst: Bool = false, _ pass: Pass
  ) throws -> Tensor {
    var x = try embeddings(batch.ids, segments: batch.segments, pass)
    pass.capture(layerNames[0], x)
    if let projection { x = try projection(x, pass) }
    for (step, layer) in order.enumerated() {
      let name = layerNames[step + 1]
      let isLast = step == order.count - 1
      x = try layers[layer](
        x, mask: batch.mask, onlyFirst: onlyFirst && isLast && !pass.isCapturing(name), pass)
      pass.capture(name, x)
    }
    return x
  }
}
