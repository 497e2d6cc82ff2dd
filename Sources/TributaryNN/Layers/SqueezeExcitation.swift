internal import TributaryCore
public import TributaryTensor

/// Squeeze and excitation (Hu et al. 2018, arXiv:1709.01507): every channel of x `[B, C, H, W]` times a gate
/// that a small network makes of all channels' means: `x * gate(fc2(activation(fc1(mean(x)))))`.
public struct SqueezeExcitation: Sendable {
  private let reduce: Conv2D
  private let expand: Conv2D
  private let activation: Activation
  private let gate: Activation

  /// - Parameters:
  ///   - reduce, expand: names of the two layers, whose weights are 1x1 convolutions'.
  ///   - squeezed: channels between them.
  public init(
    reduce: String, expand: String, channels: Int, squeezed: Int, activation: Activation = .relu,
    gate: Activation = .sigmoid, initializer: Initializer? = nil
  ) {
    self.reduce = Conv2D(
      reduce, inputs: channels, outputs: squeezed, kernel: 1, initializer: initializer)
    self.expand = Conv2D(
      expand, inputs: squeezed, outputs: channels, kernel: 1, initializer: initializer)
    self.activation = activation
    self.gate = gate
  }

  public var tensors: [TensorSpec] { reduce.tensors + expand.tensors }

  public func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let squeezed = activation(try pointwise(reduce, globalAveragePool(x), pass))
    return scalePlanes(x, by: gate(try pointwise(expand, squeezed, pass)))
  }

  /// On single pixels a 1x1 convolution is a product of matrices.
  private func pointwise(_ layer: Conv2D, _ x: Tensor, _ pass: Pass) throws -> Tensor {
    let weight = try layer.kernel(pass)
    return linear(
      x, weight: weight.reshaped([weight.shape[0], weight.shape[1]]),
      bias: try layer.bias.map { try pass($0) })
  }
}
