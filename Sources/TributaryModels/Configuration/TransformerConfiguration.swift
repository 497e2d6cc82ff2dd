internal import TributaryNN
internal import TributaryStorage

/// The sizes of a transformer, whatever an architecture's settings call them.
struct TransformerConfiguration: Sendable, Equatable {
  var vocabularySize: Int
  var hiddenSize: Int
  var layers: Int
  var heads: Int
  var intermediateSize: Int
  var maximumPositions: Int
  /// Of the tables of words, positions and segments; ALBERT's is not the layers' size.
  var embeddingSize: Int
  /// Rows of the table of segments; 0: there is none.
  var segments = 0
  var activation = Activation.gelu
  var layerNormEpsilon: Float = 1e-12
  var hiddenDropout: Float = 0.1
  var attentionDropout: Float = 0.1
  /// In front of the classifier.
  var classifierDropout: Float = 0.1
  /// Standard deviation of new weights.
  var initializerRange: Float = 0.02

  init(
    vocabularySize: Int, hiddenSize: Int, layers: Int, heads: Int, intermediateSize: Int,
    maximumPositions: Int
  ) {
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.layers = layers
    self.heads = heads
    self.intermediateSize = intermediateSize
    self.maximumPositions = maximumPositions
    embeddingSize = hiddenSize
  }

  /// BERT's names for the settings, with BERT-base's sizes where they say nothing.
  ///
  /// - Throws: `model.configuration` for values that cannot be, or that this encoder does not have.
  init(bert settings: JSON) throws {
    let reader = SettingsReader(settings)
    self.init(
      vocabularySize: try reader.size("vocab_size", default: 30522),
      hiddenSize: try reader.size("hidden_size", default: 768),
      layers: try reader.size("num_hidden_layers", default: 12, limit: 1024),
      heads: try reader.size("num_attention_heads", default: 12),
      intermediateSize: try reader.size("intermediate_size", default: 3072),
      maximumPositions: try reader.size("max_position_embeddings", default: 512))
    segments = try reader.size("type_vocab_size", default: 2)
    layerNormEpsilon = try reader.number("layer_norm_eps", default: 1e-12)
    hiddenDropout = try reader.probability("hidden_dropout_prob") ?? 0.1
    attentionDropout = try reader.probability("attention_probs_dropout_prob") ?? 0.1
    classifierDropout = try reader.probability("classifier_dropout") ?? hiddenDropout
    initializerRange = try reader.number("initializer_range", default: 0.02)
    activation = try Activation("hidden_act", reader, default: .gelu)
    try reader.require("position_embedding_type", .string("absolute"))
    try reader.require("is_decoder", .bool(false))
    try check()
  }

  /// - Throws: `model.configuration` where the sizes do not go together.
  func check() throws {
    guard hiddenSize % heads == 0 else {
      throw SettingsReader.error("hidden size \(hiddenSize) is no multiple of \(heads) heads")
    }
  }
}

extension Activation {
  /// What `transformers` calls the functions between linear layers.
  private static let huggingFaceNames: [String: Activation] = [
    "gelu": .gelu, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh, "relu": .relu,
    "silu": .silu, "swish": .silu, "tanh": .tanh,
  ]

  /// What the settings call `name`.
  init(_ name: String, _ reader: SettingsReader, default standard: Activation) throws {
    guard let found = reader.value([name])?.value else {
      self = standard
      return
    }
    guard let known = found.string.flatMap({ Self.huggingFaceNames[$0] }) else {
      throw SettingsReader.error("\(name) \(found.text.prefix(40)) is not supported")
    }
    self = known
  }
}
