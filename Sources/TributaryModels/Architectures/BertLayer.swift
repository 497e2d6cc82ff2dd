internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// One encoder layer, norms behind the residuals: `[B, T, hidden]` -> the same.
struct BertLayer: Sendable {
  private let attention: MultiHeadAttention
  private let attentionNorm: LayerNorm
  private let attentionDropout: Dropout
  private let intermediate: Linear
  private let output: Linear
  private let outputNorm: LayerNorm
  private let outputDropout: Dropout
  private let activation: BertConfiguration.Activation

  init(_ name: String, _ bert: BertConfiguration) {
    let normal = Initializer.normal(standardDeviation: bert.initializerRange)
    func norm(_ name: String) -> LayerNorm {
      LayerNorm(name, size: bert.hiddenSize, epsilon: bert.layerNormEpsilon)
    }
    attention = MultiHeadAttention(
      query: "\(name).attention.self.query", key: "\(name).attention.self.key",
      value: "\(name).attention.self.value", output: "\(name).attention.output.dense",
      size: bert.hiddenSize, heads: bert.heads,
      dropout: Dropout("\(name).attention.self.dropout", probability: bert.attentionDropout),
      initializer: normal)
    attentionNorm = norm("\(name).attention.output.LayerNorm")
    attentionDropout = Dropout("\(name).attention.output.dropout", probability: bert.hiddenDropout)
    intermediate = Linear(
      "\(name).intermediate.dense", inputs: bert.hiddenSize, outputs: bert.intermediateSize,
      initializer: normal)
    output = Linear(
      "\(name).output.dense", inputs: bert.intermediateSize, outputs: bert.hiddenSize,
      initializer: normal)
    outputNorm = norm("\(name).output.LayerNorm")
    outputDropout = Dropout("\(name).output.dropout", probability: bert.hiddenDropout)
    activation = bert.activation
  }

  var tensors: [TensorSpec] {
    attention.tensors + attentionNorm.tensors + intermediate.tensors + output.tensors
      + outputNorm.tensors
  }

  func callAsFunction(_ x: Tensor, mask: Tensor, _ pass: Pass) throws -> Tensor {
    let attended = try attentionDropout(attention(x, mask: mask, pass), pass)
    let middle = try attentionNorm(attended + x, pass)
    let inner = activated(try intermediate(middle, pass))
    return try outputNorm(outputDropout(output(inner, pass), pass) + middle, pass)
  }

  private func activated(_ x: Tensor) -> Tensor {
    switch activation {
    case .gelu: x.gelu()
    case .relu: x.relu()
    case .geluTanh:
      // sqrt(2 / pi)
      x * 0.5 * (((x + x * x.squared() * 0.044715) * 0.797_884_56).tanh() + 1)
    }
  }
}
