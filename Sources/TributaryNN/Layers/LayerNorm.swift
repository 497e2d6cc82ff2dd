internal import TributaryCore
public import TributaryTensor

/// Layer normalisation over the last axis (Ba et al. 2016, arXiv:1607.06450):
/// `y = (x - mean) / sqrt(variance + epsilon) * weight + bias`, x `[..., size]`.
public struct LayerNorm: Sendable {
  public let weight: String
  public let bias: String
  public let tensors: [TensorSpec]
  private let epsilon: Float

  public init(_ name: String, size: Int, epsilon: Float = 1e-5) {
    weight = "\(name).weight"
    bias = "\(name).bias"
    self.epsilon = epsilon
    tensors = [
      TensorSpec(weight, [size], initializer: .ones),
      TensorSpec(bias, [size], initializer: .zeros),
    ]
  }

  public func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try layerNorm(x, weight: pass(weight), bias: pass(bias), epsilon: epsilon)
  }

  /// The norm of `dropout(x) + residual`, in one pass over the memory.
  public func callAsFunction(
    _ x: Tensor, adding residual: Tensor, dropout: Dropout, _ pass: Pass
  ) throws -> Tensor {
    let isDropping = dropout.isActive(in: pass)
    return try layerNorm(
      x, adding: residual, dropout: isDropping ? dropout.probability : 0,
      randomKey: isDropping ? pass.key.at(dropout.name) : nil, weight: pass(weight),
      bias: pass(bias), epsilon: epsilon)
  }
}
