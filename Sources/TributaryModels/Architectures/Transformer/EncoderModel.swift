internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// A text encoder with a head for its objective; the four encoders differ in names, features and classifier.
protocol EncoderModel: MaskedLanguageModel {
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
  var transformer: TransformerShape? { encoder.shape }

  func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let batch = try tokens(input)
    let hidden = try encoder(batch, onlyFirst: configuration.pooling == .cls, pass)
    // Of a soft prompt the first token's vector is the prompt's, as in PEFT; the mean is over the text.
    let pooled = configuration.pooling(
      configuration.pooling == .cls ? hidden : batch.texts(of: hidden), mask: batch.mask)
    return try pooler.map { try $0(pooled, pass).tanh() } ?? pooled
  }

  func hiddenStates(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let batch = try tokens(input)
    return try batch.texts(of: encoder(batch, pass))
  }

  func languageModelLogits(hidden: Tensor, _ pass: Pass) throws -> Tensor {
    guard let languageHead else { throw otherObjective(.languageModel) }
    return try languageHead(hidden, pass)
  }

  func languageModelLogits(hidden: Tensor, among words: [Int32], _ pass: Pass) throws -> Tensor {
    guard let languageHead else { throw otherObjective(.languageModel) }
    return try languageHead(hidden, words: words, pass)
  }

  func modelName(forCheckpoint name: String) -> String? { naming(name) }
}
