internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// RoBERTa (Liu et al. 2019, arXiv:1907.11692) with Hugging Face's names.
///
/// BERT without a pooler, positions numbered from the padding's id + 1. For classification it is
/// `RobertaForSequenceClassification`, whose head is dropout, dense, tanh, dropout, projection on the first
/// token's vector (on the mean with `.mean` pooling); as a language model `RobertaForMaskedLM`.
struct Roberta: EncoderModel {
  static let registration = Architecture(
    name: "roberta", headWeight: "classifier.out_proj.weight", image: nil,
    huggingFace: HuggingFaceNames(modelType: "roberta", prefix: "Roberta"), make: Roberta.init)

  let configuration: ModelConfiguration
  let tensors: [TensorSpec]
  let headTensorNames: Set<String>
  let encoder: TextEncoder
  let languageHead: MaskedLanguageHead?
  let naming: CheckpointNaming
  let pooler: Linear? = nil
  private let padding: Int32
  private let dense: ClassifierHead?
  private let projection: ClassifierHead?

  /// Positions begin behind the padding's.
  var maximumTokens: Int? { encoder.sizes.maximumPositions - Int(padding) - 1 }

  init(_ configuration: ModelConfiguration) throws {
    let settings = try configuration.requireHuggingFaceSettings()
    var sizes = try TransformerConfiguration(bert: settings)
    let reader = SettingsReader(settings)
    sizes.vocabularySize = try reader.size("vocab_size", default: 50265)
    padding = try reader.token("pad_token_id", limit: sizes.vocabularySize) ?? 1
    guard sizes.maximumPositions > Int(padding) + 1 else {
      throw SettingsReader.error("max_position_embeddings leaves no position behind the padding's")
    }
    self.configuration = configuration
    encoder = TextEncoder(
      sizes,
      embeddings: EncoderEmbeddings(
        "roberta.embeddings", sizes, numbering: .skipping(padding: padding)),
      layers: (0..<sizes.layers).map {
        EncoderLayer("roberta.encoder.layer.\($0)", .bert("roberta.encoder.layer.\($0)"), sizes)
      })
    switch configuration.objective {
    case .classification:
      dense = ClassifierHead("classifier.dense", classes: sizes.hiddenSize, sizes)
      projection = ClassifierHead(
        "classifier.out_proj", classes: configuration.classes, dropout: "classifier.dropout", sizes)
      languageHead = nil
    case .languageModel:
      (dense, projection) = (nil, nil)
      languageHead = MaskedLanguageHead(
        dense: "lm_head.dense", norm: "lm_head.layer_norm", bias: "lm_head.bias",
        wordTable: encoder.wordTable, activation: .gelu, sizes)
    }
    let head = (dense?.tensors ?? []) + (projection?.tensors ?? []) + (languageHead?.tensors ?? [])
    tensors = encoder.tensors + head
    headTensorNames = Set(head.map(\.name))
    naming = CheckpointNaming(
      base: "roberta.", baseParts: ["embeddings.", "encoder.", "pooler."],
      otherHeads: ["lm_head.", "qa_outputs.", "classifier.", "roberta.pooler."],
      known: Set(tensors.map(\.name)))
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    guard let dense, let projection else { throw otherObjective(.classification) }
    return try projection(dense(features, pass).tanh(), pass)
  }
}
