internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// The layer of BERT and its descendants, norms behind the residuals: `[B, T, hidden]` -> the same.
///
/// With a attention, `m = norm(x + a(x))`, then `norm(m + output(activation(intermediate(m))))`.
struct EncoderLayer: Sendable {
  /// What a checkpoint calls the parts.
  struct Names {
    var query: String
    var key: String
    var value: String
    var attentionOutput: String
    var attentionNorm: String
    var intermediate: String
    var output: String
    var outputNorm: String

    /// BERT's and RoBERTa's.
    static func bert(_ layer: String) -> Names {
      Names(
        query: "\(layer).attention.self.query", key: "\(layer).attention.self.key",
        value: "\(layer).attention.self.value", attentionOutput: "\(layer).attention.output.dense",
        attentionNorm: "\(layer).attention.output.LayerNorm",
        intermediate: "\(layer).intermediate.dense", output: "\(layer).output.dense",
        outputNorm: "\(layer).output.LayerNorm")
    }
  }

  /// Where dropout falls besides the attention's weights; DistilBERT and ALBERT have one place each.
  struct Dropouts: OptionSet {
    let rawValue: Int
    static let attention = Dropouts(rawValue: 1)
    static let output = Dropouts(rawValue: 2)
  }

  let name: String
  let tensors: [TensorSpec]
  let places: TransformerShape.Layer
  private let attention: MultiHeadAttention
  private let attentionNorm: LayerNorm
  private let attentionDropout: Dropout
  private let intermediate: Linear
  private let output: Linear
  private let outputNorm: LayerNorm
  private let outputDropout: Dropout
  private let activation: Activation

  /// - Parameter name: under which the output is captured; what the names of the dropouts begin with.
  init(
    _ name: String, _ names: Names, _ sizes: TransformerConfiguration,
    dropouts: Dropouts = [.attention, .output]
  ) {
    self.name = name
    places = TransformerShape.Layer(
      query: names.query, key: names.key, value: names.value,
      attentionOutput: names.attentionOutput, output: names.output)
    let normal = Initializer.normal(standardDeviation: sizes.initializerRange)
    func norm(_ name: String) -> LayerNorm {
      LayerNorm(name, size: sizes.hiddenSize, epsilon: sizes.layerNormEpsilon)
    }
    func dropout(_ place: Dropouts, _ part: String) -> Dropout {
      Dropout(
        "\(name).\(part)", probability: dropouts.contains(place) ? sizes.hiddenDropout : 0)
    }
    attention = MultiHeadAttention(
      query: names.query, key: names.key, value: names.value, output: names.attentionOutput,
      size: sizes.hiddenSize, heads: sizes.heads,
      dropout: Dropout("\(name).attention.self.dropout", probability: sizes.attentionDropout),
      initializer: normal)
    attentionNorm = norm(names.attentionNorm)
    attentionDropout = dropout(.attention, "attention.output.dropout")
    intermediate = Linear(
      names.intermediate, inputs: sizes.hiddenSize, outputs: sizes.intermediateSize,
      initializer: normal)
    output = Linear(
      names.output, inputs: sizes.intermediateSize, outputs: sizes.hiddenSize,
      initializer: normal)
    outputNorm = norm(names.outputNorm)
    outputDropout = dropout(.output, "output.dropout")
    activation = sizes.activation
    tensors =
      attention.tensors + attentionNorm.tensors + intermediate.tensors + output.tensors
      + outputNorm.tensors
  }

  /// - Parameter onlyFirst: whether the first token's vector is all that is wanted: `[B, 1, hidden]`. The
  ///   others are looked at, but not carried on.
  func callAsFunction(
    _ x: Tensor, mask: Tensor, onlyFirst: Bool = false, _ pass: Pass
  ) throws -> Tensor {
    let carried = onlyFirst ? x.sliced(axis: 1, 0..<1) : x
    let middle = try attentionNorm(
      attention(x, queries: carried, mask: mask, pass), adding: carried,
      dropout: attentionDropout, pass)
    let inner =
      activation == .gelu
      ? try intermediate.gelu(middle, pass) : activation(try intermediate(middle, pass))
    return try outputNorm(output(inner, pass), adding: middle, dropout: outputDropout, pass)
  }
}
