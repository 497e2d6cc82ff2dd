internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// BERT for sequence classification (Devlin et al. 2019, arXiv:1810.04805) with Hugging Face's names.
///
/// With `.cls` pooling it is `BertForSequenceClassification`: the first token's vector through the pooler,
/// dropout, classifier. With `.mean` the token vectors are averaged and there is no pooler.
public struct Bert: Model {
  static let registration = Architecture(
    name: "bert", headWeight: "classifier.weight", image: nil, make: Bert.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let optionalTensorNames: Set<String>
  public var featureCount: Int { bert.hiddenSize }

  private let bert: BertConfiguration
  private let embeddings: BertEmbeddings
  private let layers: [BertLayer]
  private let pooler: Linear?
  private let dropout: Dropout
  private let classifier: Linear

  init(_ configuration: ModelConfiguration) throws {
    let bert = try configuration.requireBert()
    self.configuration = configuration
    self.bert = bert
    let normal = Initializer.normal(standardDeviation: bert.initializerRange)
    embeddings = BertEmbeddings("bert.embeddings", bert)
    layers = (0..<bert.layers).map { BertLayer("bert.encoder.layer.\($0)", bert) }
    pooler =
      configuration.pooling == .mean
      ? nil
      : Linear(
        "bert.pooler.dense", inputs: bert.hiddenSize, outputs: bert.hiddenSize,
        initializer: normal)
    classifier = Linear(
      "classifier", inputs: bert.hiddenSize, outputs: configuration.classes, initializer: normal)
    dropout = Dropout(
      "dropout", probability: bert.classifierDropout ?? bert.hiddenDropout,
      guarding: classifier.weight)
    let poolerTensors = pooler?.tensors ?? []
    tensors =
      embeddings.tensors + layers.flatMap(\.tensors) + poolerTensors + classifier.tensors
    headTensorNames = Set(classifier.tensors.map(\.name))
    optionalTensorNames = Set(poolerTensors.map(\.name))
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    guard case .tokens(let ids, let mask, let segments) = input else {
      throw TributaryError("model.input", "\(architecture) takes text, not images")
    }
    guard ids.shape.rank == 2, ids.shape[1] <= bert.maximumPositions, mask.shape == ids.shape else {
      throw TributaryError(
        "model.input",
        "\(architecture) takes at most \(bert.maximumPositions) tokens, not \(ids.shape)")
    }
    var x = try embeddings(ids, segments: segments, pass)
    for layer in layers { x = try layer(x, mask: mask, pass) }
    return try pooled(x, mask: mask, pass)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try classifier(dropout(features, pass), pass)
  }

  private func pooled(_ x: Tensor, mask: Tensor, _ pass: Pass) throws -> Tensor {
    if let pooler {
      let first = x.sliced(axis: 1, 0..<1).reshaped([x.shape[0], bert.hiddenSize])
      return try pooler(first, pass).tanh()
    }
    let weights = mask.reshaped([mask.shape[0], mask.shape[1], 1])
    // An empty text has at least its special tokens, so no row of the mask sums to zero.
    return (x * weights).sum(axes: [1]) / weights.sum(axes: [1])
  }

  public func modelName(forCheckpoint name: String) -> String? {
    var name = CheckpointName.withoutWrapper(name)
    // The heads of other tasks and tables that are computed.
    if name.hasPrefix("cls.") || name.hasPrefix("qa_outputs.") { return nil }
    if name.hasSuffix("embeddings.position_ids") || name.hasSuffix("embeddings.token_type_ids") {
      return nil
    }
    if ["embeddings.", "encoder.", "pooler."].contains(where: name.hasPrefix) {
      name = "bert." + name
    }
    if pooler == nil && name.hasPrefix("bert.pooler.") { return nil }
    // What TensorFlow called them, still found in old checkpoints.
    if name.hasSuffix(".LayerNorm.gamma") { return name.dropLast(5) + "weight" }
    if name.hasSuffix(".LayerNorm.beta") { return name.dropLast(4) + "bias" }
    return name
  }
}
