internal import TributaryNN
internal import TributaryTensor

/// `relu(second(dropout(relu(first(x)))))`: the inner layers of VGG's and AlexNet's classifiers.
struct TwoLayerPerceptron: Sendable {
  private let first: Linear
  private let second: Linear
  private let dropout: Dropout

  /// - Parameter dropout: between the layers.
  init(
    _ first: String, _ second: String, inputs: Int, outputs: Int, dropout: Dropout,
    initializer: Initializer? = nil
  ) {
    self.first = Linear(first, inputs: inputs, outputs: outputs, initializer: initializer)
    self.second = Linear(second, inputs: outputs, outputs: outputs, initializer: initializer)
    self.dropout = dropout
  }

  var tensors: [TensorSpec] { first.tensors + second.tensors }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let inner = try dropout(first(x, pass).relu(), pass)
    return try second(inner, pass).relu()
  }
}
