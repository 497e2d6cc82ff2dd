internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// A text encoder with a head for its objective; the four encoders differ in names, features and classifier.
protocol EncoderModel: LanguageModel {
  var encoder: TextEncoder { get }
  var naming: CheckpointNaming { get }
  /// What the first token's vector goes through with `.cls` pooling, tanh behind it; nil: nothing.
  var pooler: Linear? { get }
  /// nil: the objective is another.
  var languageHead: MaskedLanguageHead? { get }
}

extension EncoderModel {
  var featureCount: Int { encoder.sizes.hiddenSize }
  var maximumTokens: Int? { encoder.sizes.maximumPositions }
  var vocabularySize: Int? { encoder.sizes.vocabularySize }
  var layerNames: [String] { encoder.layerNames }
  var isCausal: Bool { false }

  func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let batch = try tokens(input)
    let hidden = try encoder(batch, onlyFirst: configuration.pooling == .cls, pass)
    let pooled = configuration.pooling(hidden, mask: batch.mask)
    return try pooler.map { try $0(pooled, pass).tanh() } ?? pooled
  }

  func hiddenStates(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    try encoder(tokens(input), pass)
  }

  func languageModelLogits(hidden: Tensor, _ pass: Pass) throws -> Tensor {
    guard let languageHead else { throw otherObjective(.languageModel) }
    return try languageHead(hidden, pass)
  }

  func modelName(forCheckpoint name: String) -> String? { naming(name) }
}
