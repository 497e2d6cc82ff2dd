internal import TributaryCore
public import TributaryNN
internal import TributaryStorage
public import TributaryTensor

/// The FedAvg paper's character model (McMahan et al. 2017, arXiv:1602.05629): embedding 8, two LSTM layers of
/// 256 units, and at every position a softmax over the next character. Classes: the characters.
///
/// Settings: `embedding_size` 8, `hidden_size` 256, `layers` 2, `dropout` 0 between layers, and `characters`, of
/// which there is one class less than classes (`CharacterTokenizer`); the standard ones where they fit.
public struct CharLSTM: CausalLanguageModel {
  static let registration = Architecture(
    name: "char-lstm", headWeight: "classifier.weight", image: nil, make: CharLSTM.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount: Int
  public let layerNames = ["embedding", "lstm"]
  public var vocabularySize: Int? { configuration.classes }
  /// A text from nothing begins as a new line does.
  public let beginToken: Int32?
  public let endTokens: Set<Int32> = []
  private let embedding: Embedding
  private let lstm: Recurrent
  private let classifier: Linear

  init(_ configuration: ModelConfiguration) throws {
    let settings = try RecurrentSettings(
      configuration.settings, embedding: 8, layers: 2, isBidirectional: false)
    var configuration = configuration
    configuration.objective = .languageModel
    try Self.settleCharacters(of: &configuration)
    self.configuration = configuration
    beginToken = CharacterTokenizer(configuration)?.id(of: "\n")
    embedding = Embedding("embedding", count: configuration.classes, size: settings.embedding)
    lstm = Recurrent(
      "lstm", cell: .lstm, inputs: settings.embedding, units: settings.hidden,
      layers: settings.layers, dropout: settings.dropout)
    featureCount = settings.hidden
    classifier = Linear("classifier", inputs: featureCount, outputs: configuration.classes)
    tensors = embedding.tensors + lstm.tensors + classifier.tensors
    headTensorNames = Set(classifier.tensors.map(\.name))
  }

  /// - Throws: `model.configuration` where the settings' characters are not as many as the classes.
  private static func settleCharacters(of configuration: inout ModelConfiguration) throws {
    let standard = CharacterTokenizer.standard
    if let count = CharacterTokenizer(configuration)?.vocabularyCount {
      guard count == configuration.classes else {
        throw TributaryError(
          "model.configuration",
          "config.json: \(count - 1) characters make \(count) classes, not \(configuration.classes)"
        )
      }
    } else if configuration.classes == standard.vocabularyCount {
      configuration.settings["characters"] = .string(standard.characters)
    }
  }

  /// The state behind every token, `[batch, length, featureCount]`.
  public func hiddenStates(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let x = try embedding(tokens(input).ids, pass)
    pass.capture("embedding", x)
    // Padding stands behind the text, where it changes nothing before it.
    let output = try lstm(x.permuted([1, 0, 2]), pass).output.permuted([1, 0, 2])
    pass.capture("lstm", output)
    return output
  }

  public func hiddenStates(_ ids: Tensor, cache: KeyValueCache, _ pass: Pass) throws -> Tensor {
    let x = try embedding(ids, pass).permuted([1, 0, 2])
    let (output, final) = try lstm(x, initial: cache.states("lstm"), pass)
    cache.keep("lstm", states: final)
    return output.permuted([1, 0, 2])
  }

  public func languageModelLogits(hidden: Tensor, _ pass: Pass) throws -> Tensor {
    try classifier(hidden, pass)
  }

  /// Position by position, `[batch * length, featureCount]`.
  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    try hiddenStates(input, pass).reshaped([-1, featureCount])
  }

  /// The scores of what comes next, `[batch * length, characters]`.
  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try classifier(features, pass)
  }
}
