internal import TributaryCore
public import TributaryNN
internal import TributaryStorage
public import TributaryTensor

/// A text classifier that knows which words there are and not where: the mean of their vectors, then a linear layer
/// (Joulin et al. 2017, "Bag of tricks", fastText without n-grams). With vectors from elsewhere and the method `head`
/// the vectors stand still; with `fine-tune` they move.
///
/// Settings: `vocabulary_size` 30522, `embedding_size` 128, `dropout` 0 (in front of the classifier).
public struct TextBag: Model {
  static let registration = Architecture(
    name: "text-bag", headWeight: "classifier.weight", image: nil,
    wordEmbedding: "embedding.weight", make: TextBag.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount: Int
  public let layerNames = ["embedding"]
  public let vocabularySize: Int?
  private let embedding: Embedding
  private let dropout: Dropout
  private let classifier: Linear

  init(_ configuration: ModelConfiguration) throws {
    let settings = try RecurrentSettings(configuration.settings)
    self.configuration = configuration
    vocabularySize = settings.vocabulary
    embedding = Embedding("embedding", count: settings.vocabulary, size: settings.embedding)
    featureCount = settings.embedding
    classifier = Linear("classifier", inputs: featureCount, outputs: configuration.classes)
    dropout = Dropout("dropout", probability: settings.dropout, guarding: classifier.weight)
    tensors = embedding.tensors + classifier.tensors
    headTensorNames = Set(classifier.tensors.map(\.name))
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let batch = try tokens(input)
    let x = try embedding(batch.ids, pass)
    pass.capture("embedding", x)
    return Pooling.mean(x, mask: batch.mask)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try classifier(dropout(features, pass), pass)
  }
}
