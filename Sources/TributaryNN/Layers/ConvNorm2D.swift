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
    let clamp = activation.clamp
    let y = try normalized(x, adding: residual, clamp: clamp ?? .none, pass)
    return clamp == nil ? activation(y) : y
  }

  /// What follows the convolution in training.
  func finish(_ y: Tensor, adding residual: Tensor?, _ pass: Pass) throws -> Tensor {
    let clamp = activation.clamp
    let normal = try norm?(y, adding: residual, clamp: clamp ?? .none, pass) ?? y
    return clamp == nil ? activation(normal) : normal
  }

  private func normalized(
    _ x: Tensor, adding residual: Tensor?, clamp: Clamp, _ pass: Pass
  ) throws -> Tensor {
    guard let norm else {
      let y = try conv(x, pass)
      guard let residual else { return clamp(y) }
      return clamp == .relu ? addRelu(y, residual) : clamp(y + residual)
    }
    if pass.isTrainable(norm.weight) || conv.bias != nil {
      return try norm(conv(x, pass), adding: residual, clamp: clamp, pass)
    }
    return try conv(x, norm: norm.fixed(pass), adding: residual, clamp: clamp, pass)
  }
}

extension Activation {
  /// The bounds that this activation is; nil where it is more.
  var clamp: Clamp? {
    switch self {
    case .identity: Clamp.none
    case .relu: .relu
    case .relu6: .relu6
    default: nil
    }
  }
}
