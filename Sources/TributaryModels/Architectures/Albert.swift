internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

/// ALBERT (Lan et al. 2020, arXiv:1909.11942) with Hugging Face's names.
///
/// BERT with narrow embeddings that a linear layer widens, and layers that share their tensors in groups
/// (published models: one group). For classification it is `AlbertForSequenceClassification`, as BERT; as a
/// language model `AlbertForMaskedLM`.
struct Albert: EncoderModel {
  static let registration = Architecture(
    name: "albert", headWeight: "classifier.weight", image: nil,
    huggingFace: HuggingFaceNames(modelType: "albert", prefix: "Albert"), make: Albert.init)

  let configuration: ModelConfiguration
  let tensors: [TensorSpec]
  let headTensorNames: Set<String>
  let optionalTensorNames: Set<String>
  let encoder: TextEncoder
  let languageHead: MaskedLanguageHead?
  let naming: CheckpointNaming
  let pooler: Linear?
  private let classifier: ClassifierHead?

  init(_ configuration: ModelConfiguration) throws {
    let reader = SettingsReader(try configuration.requireHuggingFaceSettings())
    let sizes = try Self.sizes(reader)
    let groups = try reader.size("num_hidden_groups", default: 1, limit: sizes.layers)
    try reader.require("inner_group_num", .integer(1))
    self.configuration = configuration
    encoder = Self.encoder(sizes, groups: groups)
    switch configuration.objective {
    case .classification:
      pooler =
        configuration.pooling == .mean
        ? nil
        : Linear(
          "albert.pooler", inputs: sizes.hiddenSize, outputs: sizes.hiddenSize,
          initializer: .normal(standardDeviation: sizes.initializerRange))
      classifier = ClassifierHead("classifier", classes: configuration.classes, sizes)
      languageHead = nil
    case .languageModel:
      (pooler, classifier) = (nil, nil)
      languageHead = MaskedLanguageHead(
        dense: "predictions.dense", norm: "predictions.LayerNorm", bias: "predictions.bias",
        wordTable: encoder.wordTable, sizes)
    }
    let head = classifier?.tensors ?? languageHead?.tensors ?? []
    tensors = encoder.tensors + (pooler?.tensors ?? []) + head
    headTensorNames = Set(head.map(\.name))
    optionalTensorNames = Set(pooler?.tensors.map(\.name) ?? [])
    naming = CheckpointNaming(
      base: "albert.", baseParts: ["embeddings.", "encoder.", "pooler."],
      otherHeads: [
        "predictions.", "sop_classifier.", "qa_outputs.", "classifier.", "albert.pooler.",
      ], known: Set(tensors.map(\.name)))
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    guard let classifier else { throw otherObjective(.classification) }
    return try classifier(features, pass)
  }

  private static func encoder(_ sizes: TransformerConfiguration, groups: Int) -> TextEncoder {
    TextEncoder(
      sizes, embeddings: EncoderEmbeddings("albert.embeddings", sizes),
      projection: Linear(
        "albert.encoder.embedding_hidden_mapping_in", inputs: sizes.embeddingSize,
        outputs: sizes.hiddenSize, initializer: .normal(standardDeviation: sizes.initializerRange)),
      layers: (0..<sizes.layers).map { step in
        // The reference's rounding: the step by the steps a group, cut.
        let group = Int(Double(step) / (Double(sizes.layers) / Double(groups)))
        return EncoderLayer(
          "albert.encoder.layer.\(step)",
          names("albert.encoder.albert_layer_groups.\(group).albert_layers.0"), sizes,
          dropouts: .attention)
      })
  }

  private static func names(_ layer: String) -> EncoderLayer.Names {
    EncoderLayer.Names(
      query: "\(layer).attention.query", key: "\(layer).attention.key",
      value: "\(layer).attention.value", attentionOutput: "\(layer).attention.dense",
      attentionNorm: "\(layer).attention.LayerNorm", intermediate: "\(layer).ffn",
      output: "\(layer).ffn_output", outputNorm: "\(layer).full_layer_layer_norm")
  }

  private static func sizes(_ reader: SettingsReader) throws -> TransformerConfiguration {
    var sizes = TransformerConfiguration(
      vocabularySize: try reader.size("vocab_size", default: 30000),
      hiddenSize: try reader.size("hidden_size", default: 4096),
      layers: try reader.size("num_hidden_layers", default: 12, limit: 1024),
      heads: try reader.size("num_attention_heads", default: 64),
      intermediateSize: try reader.size("intermediate_size", default: 16384),
      maximumPositions: try reader.size("max_position_embeddings", default: 512))
    sizes.embeddingSize = try reader.size("embedding_size", default: 128)
    sizes.segments = try reader.size("type_vocab_size", default: 2)
    sizes.activation = try .init("hidden_act", reader, default: .geluTanh)
    sizes.layerNormEpsilon = try reader.number("layer_norm_eps", default: 1e-12)
    sizes.hiddenDropout = try reader.probability("hidden_dropout_prob") ?? 0
    sizes.attentionDropout = try reader.probability("attention_probs_dropout_prob") ?? 0
    sizes.classifierDropout = try reader.probability("classifier_dropout_prob") ?? 0.1
    sizes.initializerRange = try reader.number("initializer_range", default: 0.02)
    try reader.require("position_embedding_type", .string("absolute"))
    try sizes.check()
    return sizes
  }
}
