internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// The head of masked language models: `[..., hidden]` -> `[..., vocabulary]`.
///
/// `norm(activation(dense(x)))` times the table of words, plus a bias of its own.
struct MaskedLanguageHead: Sendable {
  let tensors: [TensorSpec]
  private let dense: Linear
  private let norm: LayerNorm
  private let bias: String
  private let wordTable: String
  private let activation: Activation

  init(
    dense: String, norm: String, bias: String, wordTable: String,
    activation: Activation? = nil, _ sizes: TransformerConfiguration
  ) {
    self.dense = Linear(
      dense, inputs: sizes.hiddenSize, outputs: sizes.embeddingSize,
      initializer: .normal(standardDeviation: sizes.initializerRange))
    self.norm = LayerNorm(norm, size: sizes.embeddingSize, epsilon: sizes.layerNormEpsilon)
    self.bias = bias
    self.wordTable = wordTable
    self.activation = activation ?? sizes.activation
    tensors =
      self.dense.tensors + self.norm.tensors
      + [TensorSpec(bias, [sizes.vocabularySize], initializer: .zeros)]
  }

  /// - Parameter words: the tokens whose scores are wanted, `[..., words]`; nil: all.
  func callAsFunction(_ x: Tensor, words: [Int32]? = nil, _ pass: Pass) throws -> Tensor {
    let inner = try norm(activation(dense(x, pass)), pass)
    let (table, bias) = (try pass(wordTable), try pass(bias))
    guard let words else { return linear(inner, weight: table, bias: bias) }
    let ids = Tensor(words, shape: [words.count])
    return linear(
      inner, weight: embedding(table, ids: ids),
      bias: embedding(bias.reshaped([-1, 1]), ids: ids).reshaped([-1]))
  }
}
