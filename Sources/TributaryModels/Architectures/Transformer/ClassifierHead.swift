internal import TributaryNN
internal import TributaryTensor

/// Dropout, then a linear layer: `[B, hidden]` -> `[B, classes]`.
struct ClassifierHead: Sendable {
  let tensors: [TensorSpec]
  private let linear: Linear
  private let dropout: Dropout

  /// - Parameter dropout: what addresses the randomness.
  init(
    _ name: String, classes: Int, bias: Bool = true, dropout: String = "dropout",
    _ sizes: TransformerConfiguration
  ) {
    linear = Linear(
      name, inputs: sizes.hiddenSize, outputs: classes, bias: bias,
      initializer: .normal(standardDeviation: sizes.initializerRange))
    self.dropout = Dropout(
      dropout, probability: sizes.classifierDropout, guarding: linear.weight)
    tensors = linear.tensors
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try linear(dropout(x, pass), pass)
  }
}
