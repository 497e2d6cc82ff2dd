internal import TributaryCore
public import TributaryNN
internal import TributaryStorage
public import TributaryTensor

/// A text classifier that learns which words matter (Yang et al. 2016, "Hierarchical attention networks", its lower
/// level): GRU layers in both directions over the words' vectors, states h; `u = tanh(W h + b)`,
/// `a = softmax(u . c)` over the words with a learned context vector c, and a linear layer on `sum a h`.
///
/// Settings: `vocabulary_size` 30522, `embedding_size` 128, `hidden_size` 50 (a direction), `layers` 1, `bidirectional`
/// true, `attention_size` 100, `dropout` 0 (between layers and in front of the classifier).
public struct TextAttention: Model {
  static let registration = Architecture(
    name: "text-attention", headWeight: "classifier.weight", image: nil,
    wordEmbedding: "embedding.weight", make: TextAttention.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount: Int
  public let layerNames = ["embedding"]
  public let vocabularySize: Int?
  private let embedding: Embedding
  private let layers: Recurrent
  private let projection: Linear
  private let context: Linear
  private let dropout: Dropout
  private let classifier: Linear

  init(_ configuration: ModelConfiguration) throws {
    let settings = try RecurrentSettings(configuration.settings, hidden: 50)
    let size = try SettingsReader(configuration.settings)
      .size("attention_size", default: 100, limit: 1 << 16)
    self.configuration = configuration
    vocabularySize = settings.vocabulary
    embedding = Embedding("embedding", count: settings.vocabulary, size: settings.embedding)
    layers = Recurrent(
      "gru", cell: .gru, inputs: settings.embedding, units: settings.hidden,
      layers: settings.layers, isBidirectional: settings.isBidirectional,
      dropout: settings.dropout)
    featureCount = layers.outputs
    projection = Linear("attention.projection", inputs: featureCount, outputs: size)
    context = Linear("attention.context", inputs: size, outputs: 1, bias: false)
    classifier = Linear("classifier", inputs: featureCount, outputs: configuration.classes)
    dropout = Dropout("dropout", probability: settings.dropout, guarding: classifier.weight)
    tensors =
      embedding.tensors + layers.tensors + projection.tensors + context.tensors
      + classifier.tensors
    headTensorNames = Set(classifier.tensors.map(\.name))
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let batch = try tokens(input)
    let (count, length) = (batch.ids.shape[0], batch.ids.shape[1])
    let x = try embedding(batch.ids, pass)
    pass.capture("embedding", x)
    let states = try layers(x.permuted([1, 0, 2]), lengths: batch.lengths, pass).output
      .permuted([1, 0, 2])
    let scores = try context(projection(states, pass).tanh(), pass).reshaped([count, length])
    // Padding has no share.
    let shares = softmax(scores + (batch.mask - 1) * 1e9).reshaped([count, 1, length])
    return matmul(shares, states).reshaped([count, featureCount])
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try classifier(dropout(features, pass), pass)
  }
}
