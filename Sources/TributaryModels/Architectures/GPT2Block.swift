internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// One layer of GPT-2, norms in front: `m = x + a(norm(x))`, then `m + f(norm(m))`; `[B, T, hidden]`.
struct GPT2Block: Sendable {
  let tensors: [TensorSpec]
  let places: TransformerShape.Layer
  private let firstNorm: LayerNorm
  private let attention: CausalSelfAttention
  private let attentionDropout: Dropout
  private let secondNorm: LayerNorm
  private let intermediate: TransposedLinear
  private let output: TransposedLinear
  private let outputDropout: Dropout
  private let activation: Activation

  init(_ name: String, _ sizes: TransformerConfiguration) {
    let normal = Initializer.normal(standardDeviation: sizes.initializerRange)
    // What adds to the residual begins smaller, the more layers there are.
    let residual = Initializer.normal(
      standardDeviation: sizes.initializerRange / Float(2 * sizes.layers).squareRoot())
    func norm(_ part: String) -> LayerNorm {
      LayerNorm("\(name).\(part)", size: sizes.hiddenSize, epsilon: sizes.layerNormEpsilon)
    }
    firstNorm = norm("ln_1")
    attention = CausalSelfAttention(
      projection: "\(name).attn.c_attn", output: "\(name).attn.c_proj", size: sizes.hiddenSize,
      heads: sizes.heads,
      dropout: Dropout("\(name).attn.attn_dropout", probability: sizes.attentionDropout),
      initializer: normal, outputInitializer: residual)
    attentionDropout = Dropout("\(name).attn.resid_dropout", probability: sizes.hiddenDropout)
    secondNorm = norm("ln_2")
    intermediate = TransposedLinear(
      "\(name).mlp.c_fc", inputs: sizes.hiddenSize, outputs: sizes.intermediateSize,
      initializer: normal)
    output = TransposedLinear(
      "\(name).mlp.c_proj", inputs: sizes.intermediateSize, outputs: sizes.hiddenSize,
      initializer: residual)
    outputDropout = Dropout("\(name).mlp.dropout", probability: sizes.hiddenDropout)
    activation = sizes.activation
    let projection = "\(name).attn.c_attn"
    places = TransformerShape.Layer(
      query: projection, key: projection, value: projection,
      attentionOutput: "\(name).attn.c_proj", output: "\(name).mlp.c_proj")
    tensors =
      firstNorm.tensors + attention.tensors + secondNorm.tensors + intermediate.tensors
      + output.tensors
  }

  func callAsFunction(
    _ x: Tensor, mask: Tensor?, cache: KeyValueCache?, _ pass: Pass
  ) throws -> Tensor {
    let attended = try attention(firstNorm(x, pass), mask: mask, cache: cache, pass)
    let middle = try x + attentionDropout(attended, pass)
    let inner = activation(try intermediate(secondNorm(middle, pass), pass))
    return try middle + outputDropout(output(inner, pass), pass)
  }
}
