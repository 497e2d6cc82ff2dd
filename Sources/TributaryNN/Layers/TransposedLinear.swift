internal import TributaryCore
public import TributaryTensor

/// `y = x W + b`: x `[..., inputs]`, W `[inputs, outputs]`, b `[outputs]`, y `[..., outputs]`.
///
/// A linear layer whose weight lies the other way round: the `Conv1D` of GPT-2's checkpoints.
public struct TransposedLinear: Sendable {
  public let weight: String
  public let bias: String
  public let tensors: [TensorSpec]

  /// The bias begins at zero.
  public init(_ name: String, inputs: Int, outputs: Int, initializer: Initializer) {
    weight = "\(name).weight"
    bias = "\(name).bias"
    tensors = [
      TensorSpec(weight, [inputs, outputs], initializer: initializer, layer: .transposed),
      TensorSpec(bias, [outputs], initializer: .zeros),
    ]
  }

  public func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let layer = AdaptedLayer(weight: try pass(weight), bias: try pass(bias), kind: .transposed)
    return try pass.adapter(of: weight)?.callAsFunction(x, of: layer, pass) ?? layer(x)
  }
}
