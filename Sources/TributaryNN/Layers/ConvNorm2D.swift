public import TributaryTensor

/// Convolution, batch norm, residual, activation: `activation(norm(conv(x)) + residual)`, the unit of which
/// convolutional networks are built.
public struct ConvNorm2D: Sendable {
  public let conv: Conv2D
  /// nil where it is folded into the convolution's weight and bias.
  public let norm: BatchNorm2D?
  public let activation: Activation

  public init(conv: Conv2D, norm: BatchNorm2D?, activation: Activation = .relu) {
    self.conv = conv
    self.norm = norm
    self.activation = activation
  }

  public var tensors: [TensorSpec] { conv.tensors + (norm?.tensors ?? []) }

  /// - Parameter residual: added in front of the activation; of the result's shape.
  public func callAsFunction(
    _ x: Tensor, adding residual: Tensor? = nil, _ pass: Pass
  ) throws -> Tensor {
    let y = try conv(x, pass)
    let fusesRelu = activation == .relu && residual == nil
    let normed = try norm.map { try $0(y, relu: fusesRelu, pass) } ?? y
    if fusesRelu && norm != nil { return normed }
    guard let residual else { return activation(normed) }
    return activation == .relu ? addRelu(normed, residual) : activation(normed + residual)
  }
}
