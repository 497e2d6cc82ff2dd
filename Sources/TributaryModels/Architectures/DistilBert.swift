internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

/// DistilBERT (Sanh et al. 2019, arXiv:1910.01108) with Hugging Face's names.
///
/// BERT with half the layers, without segments and pooler. For classification it is
/// `DistilBertForSequenceClassification`, whose head is dense, ReLU, dropout, classifier on the first token's
/// vector (on the mean with `.mean` pooling); as a language model `DistilBertForMaskedLM`.
struct DistilBert: EncoderModel {
  static let registration = Architecture(
    name: "distilbert", headWeight: "classifier.weight", image: nil,
    huggingFace: HuggingFaceNames(modelType: "distilbert", prefix: "DistilBert"),
    make: DistilBert.init)

  let configuration: ModelConfiguration
  let tensors: [TensorSpec]
  let headTensorNames: Set<String>
  let encoder: TextEncoder
  let languageHead: MaskedLanguageHead?
  let naming: CheckpointNaming
  let pooler: Linear? = nil
  private let preClassifier: Linear?
  private let classifier: ClassifierHead?

  init(_ configuration: ModelConfiguration) throws {
    let sizes = try Self.sizes(configuration.requireHuggingFaceSettings())
    self.configuration = configuration
    encoder = TextEncoder(
      sizes, embeddings: EncoderEmbeddings("distilbert.embeddings", sizes),
      layers: (0..<sizes.layers).map {
        let layer = "distilbert.transformer.layer.\($0)"
        return EncoderLayer(layer, Self.names(layer), sizes, dropouts: .output)
      })
    switch configuration.objective {
    case .classification:
      preClassifier = Linear(
        "pre_classifier", inputs: sizes.hiddenSize, outputs: sizes.hiddenSize,
        initializer: .normal(standardDeviation: sizes.initializerRange))
      classifier = ClassifierHead("classifier", classes: configuration.classes, sizes)
      languageHead = nil
    case .languageModel:
      (preClassifier, classifier) = (nil, nil)
      languageHead = MaskedLanguageHead(
        dense: "vocab_transform", norm: "vocab_layer_norm", bias: "vocab_projector.bias",
        wordTable: encoder.wordTable, sizes)
    }
    let head =
      (preClassifier?.tensors ?? []) + (classifier?.tensors ?? []) + (languageHead?.tensors ?? [])
    tensors = encoder.tensors + head
    headTensorNames = Set(head.map(\.name))
    naming = CheckpointNaming(
      base: "distilbert.", baseParts: ["embeddings.", "transformer."],
      otherHeads: ["vocab_", "pre_classifier.", "classifier.", "qa_outputs."],
      known: Set(tensors.map(\.name)))
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    guard let preClassifier, let classifier else { throw otherObjective(.classification) }
    return try classifier(preClassifier(features, pass).relu(), pass)
  }

  private static func names(_ layer: String) -> EncoderLayer.Names {
    EncoderLayer.Names(
      query: "\(layer).attention.q_lin", key: "\(layer).attention.k_lin",
      value: "\(layer).attention.v_lin", attentionOutput: "\(layer).attention.out_lin",
      attentionNorm: "\(layer).sa_layer_norm", intermediate: "\(layer).ffn.lin1",
      output: "\(layer).ffn.lin2", outputNorm: "\(layer).output_layer_norm")
  }

  private static func sizes(_ settings: JSON) throws -> TransformerConfiguration {
    let reader = SettingsReader(settings)
    var sizes = TransformerConfiguration(
      vocabularySize: try reader.size("vocab_size", default: 30522),
      hiddenSize: try reader.size("dim", "hidden_size", default: 768),
      layers: try reader.size("n_layers", "num_hidden_layers", default: 6, limit: 1024),
      heads: try reader.size("n_heads", "num_attention_heads", default: 12),
      intermediateSize: try reader.size("hidden_dim", default: 3072),
      maximumPositions: try reader.size("max_position_embeddings", default: 512))
    sizes.activation = try .init("activation", reader, default: .gelu)
    sizes.hiddenDropout = try reader.probability("dropout") ?? 0.1
    sizes.attentionDropout = try reader.probability("attention_dropout") ?? 0.1
    sizes.classifierDropout = try reader.probability("seq_classif_dropout") ?? 0.2
    sizes.initializerRange = try reader.number("initializer_range", default: 0.02)
    try sizes.check()
    return sizes
  }
}
