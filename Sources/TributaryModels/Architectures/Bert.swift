internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// BERT (Devlin et al. 2019, arXiv:1810.04805) with Hugging Face's names; MiniLM is one.
///
/// For classification with `.cls` pooling it is `BertForSequenceClassification`: the first token's vector
/// through the pooler, dropout, classifier. With `.mean` the token vectors are averaged and there is no
/// pooler. As a language model it is `BertForMaskedLM`.
struct Bert: EncoderModel {
  static let registration = Architecture(
    name: "bert", headWeight: "classifier.weight", image: nil,
    huggingFace: HuggingFaceNames(modelType: "bert", prefix: "Bert"), make: Bert.init)

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
    let sizes = try TransformerConfiguration(bert: configuration.requireHuggingFaceSettings())
    self.configuration = configuration
    encoder = TextEncoder(
      sizes, embeddings: EncoderEmbeddings("bert.embeddings", sizes),
      layers: (0..<sizes.layers).map {
        EncoderLayer("bert.encoder.layer.\($0)", .bert("bert.encoder.layer.\($0)"), sizes)
      })
    switch configuration.objective {
    case .classification:
      pooler =
        configuration.pooling == .mean
        ? nil
        : Linear(
          "bert.pooler.dense", inputs: sizes.hiddenSize, outputs: sizes.hiddenSize,
          initializer: .normal(standardDeviation: sizes.initializerRange))
      classifier = ClassifierHead("classifier", classes: configuration.classes, sizes)
      languageHead = nil
    case .languageModel:
      (pooler, classifier) = (nil, nil)
      languageHead = MaskedLanguageHead(
        dense: "cls.predictions.transform.dense", norm: "cls.predictions.transform.LayerNorm",
        bias: "cls.predictions.bias", wordTable: encoder.wordTable, sizes)
    }
    let head = classifier?.tensors ?? languageHead?.tensors ?? []
    tensors = encoder.tensors + (pooler?.tensors ?? []) + head
    headTensorNames = Set(head.map(\.name))
    optionalTensorNames = Set(pooler?.tensors.map(\.name) ?? [])
    naming = CheckpointNaming(
      base: "bert.", baseParts: ["embeddings.", "encoder.", "pooler."],
      otherHeads: ["cls.", "qa_outputs.", "classifier.", "bert.pooler."],
      known: Set(tensors.map(\.name)))
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    guard let classifier else { throw otherObjective(.classification) }
    return try classifier(features, pass)
  }
}
