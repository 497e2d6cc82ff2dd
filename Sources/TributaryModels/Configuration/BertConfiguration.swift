internal import TributaryCore
internal import TributaryStorage

/// The sizes of a BERT encoder, as Hugging Face's `config.json` says them.
public struct BertConfiguration: Sendable, Equatable {
  public enum Activation: String, Sendable, CaseIterable {
    case gelu
    case geluTanh = "gelu_new"
    case relu
  }

  public var vocabularySize = 30522
  public var hiddenSize = 768
  public var layers = 12
  public var heads = 12
  public var intermediateSize = 3072
  public var maximumPositions = 512
  public var segments = 2
  public var activation = Activation.gelu
  public var layerNormEpsilon: Float = 1e-12
  public var hiddenDropout: Float = 0.1
  public var attentionDropout: Float = 0.1
  /// In front of the classifier; nil: `hiddenDropout`.
  public var classifierDropout: Float?
  public var initializerRange: Float = 0.02
  /// Everything the file says, so that nothing is lost when it is written again.
  var raw: JSON = .object([("model_type", .string("bert"))])

  public init() {}

  /// - Throws: `model.configuration` for values that cannot be, or that this encoder does not have.
  init(_ json: JSON) throws {
    raw = json
    vocabularySize = try Self.size(json, "vocab_size", vocabularySize)
    hiddenSize = try Self.size(json, "hidden_size", hiddenSize)
    layers = try Self.size(json, "num_hidden_layers", layers, limit: 1024)
    heads = try Self.size(json, "num_attention_heads", heads)
    intermediateSize = try Self.size(json, "intermediate_size", intermediateSize)
    maximumPositions = try Self.size(json, "max_position_embeddings", maximumPositions)
    segments = try Self.size(json, "type_vocab_size", segments)
    layerNormEpsilon = Float(json["layer_norm_eps"]?.double ?? 1e-12)
    hiddenDropout = try Self.probability(json, "hidden_dropout_prob") ?? hiddenDropout
    attentionDropout =
      try Self.probability(json, "attention_probs_dropout_prob") ?? attentionDropout
    classifierDropout = try Self.probability(json, "classifier_dropout")
    initializerRange = Float(json["initializer_range"]?.double ?? 0.02)
    activation = try Self.activation(json)
    guard hiddenSize % heads == 0 else {
      throw Self.error("hidden_size \(hiddenSize) is no multiple of \(heads) heads")
    }
    let position = json["position_embedding_type"]?.string ?? "absolute"
    guard position == "absolute" else {
      throw Self.error("position_embedding_type \(position) is not supported, only absolute")
    }
    guard json["is_decoder"]?.bool != true else { throw Self.error("a decoder is not supported") }
  }

  private static func activation(_ json: JSON) throws -> Activation {
    let name = json["hidden_act"]?.string ?? "gelu"
    if name == "gelu_pytorch_tanh" { return .geluTanh }
    guard let activation = Activation(rawValue: name) else {
      throw error("hidden_act \(name) is not supported")
    }
    return activation
  }

  private static func size(
    _ json: JSON, _ name: String, _ standard: Int, limit: Int = 1 << 24
  ) throws -> Int {
    guard let value = json[name] else { return standard }
    // Bounded, because the file may come from a peer.
    guard let size = value.integer, (1...limit).contains(size) else {
      throw error("\(name) is no possible size")
    }
    return size
  }

  private static func probability(_ json: JSON, _ name: String) throws -> Float? {
    guard let value = json[name], value != .null else { return nil }
    // As float32: what is below 1 as float64 may round to it.
    guard let number = value.double.map({ Float($0) }), (0..<1).contains(number) else {
      throw error("\(name) must lie in 0..<1")
    }
    return number
  }

  private static func error(_ what: String) -> TributaryError {
    TributaryError("model.configuration", "config.json: \(what)")
  }
}
