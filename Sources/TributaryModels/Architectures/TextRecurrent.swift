internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// A text classifier of recurrent layers: embedding, LSTM or GRU, and a classifier on the last layer's final
/// state, both directions joined. Names as `torch.nn` modules `embedding`, `lstm` or `gru`, `classifier`.
///
/// Settings: `vocabulary_size` 30522, `embedding_size` 128, `hidden_size` 256 (a direction), `layers` 1,
/// `bidirectional` true, `dropout` 0 (between layers and in front of the classifier).
public struct TextRecurrent: Model {
  static let registrations = RecurrentCell.allCases.map { cell in
    Architecture(
      name: cell.rawValue, headWeight: "classifier.weight", image: nil,
      wordEmbedding: "embedding.weight"
    ) { try TextRecurrent($0, cell: cell) }
  }

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount: Int
  public let layerNames: [String]
  public let vocabularySize: Int?
  private let embedding: Embedding
  private let layers: Recurrent
  private let dropout: Dropout
  private let classifier: Linear

  init(_ configuration: ModelConfiguration, cell: RecurrentCell) throws {
    let settings = try RecurrentSettings(configuration.settings)
    self.configuration = configuration
    vocabularySize = settings.vocabulary
    embedding = Embedding("embedding", count: settings.vocabulary, size: settings.embedding)
    layers = Recurrent(
      cell.rawValue, cell: cell, inputs: settings.embedding, units: settings.hidden,
      layers: settings.layers, isBidirectional: settings.isBidirectional,
      dropout: settings.dropout)
    featureCount = layers.outputs
    classifier = Linear("classifier", inputs: featureCount, outputs: configuration.classes)
    dropout = Dropout(
      "dropout", probability: settings.dropout, guarding: classifier.weight)
    tensors = embedding.tensors + layers.tensors + classifier.tensors
    headTensorNames = Set(classifier.tensors.map(\.name))
    layerNames = ["embedding"]
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let batch = try tokens(input)
    let x = try embedding(batch.ids, pass)
    pass.capture("embedding", x)
    return try layers.lastState(x.permuted([1, 0, 2]), lengths: batch.lengths, pass)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try classifier(dropout(features, pass), pass)
  }
}
