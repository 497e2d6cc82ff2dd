internal import TributaryCore
public import TributaryTensor

/// A layer with a matrix, as an adapter beside it sees it: `y = x Wᵀ + b`, or `x W + b` where the matrix lies the
/// other way round.
public struct AdaptedLayer {
  /// Linear `[outputs, inputs]`, transposed `[inputs, outputs]`, convolution `[outputs, inputs, height, width]`.
  public var weight: Tensor
  public var bias: Tensor?
  public let kind: LayerKind

  public init(weight: Tensor, bias: Tensor?, kind: LayerKind) {
    self.weight = weight
    self.bias = bias
    self.kind = kind
  }

  /// The layer without an adapter, of x `[..., inputs]`; a convolution's own code computes that.
  func callAsFunction(_ x: Tensor) -> Tensor {
    switch kind {
    case .linear: return linear(x, weight: weight, bias: bias)
    case .transposed:
      let y = matmul(x, weight)
      return bias.map { y + $0 } ?? y
    case .convolution: preconditionFailure("an adapter changes a convolution's kernel alone")
    }
  }
}

/// What kind of layer a matrix belongs to.
public enum LayerKind: String, Sendable, CaseIterable {
  /// Weight `[outputs, inputs]`.
  case linear
  /// Weight `[inputs, outputs]`.
  case transposed
  /// Weight `[outputs, inputs, height, width]`, in one group.
  case convolution
}

extension TensorSpec {
  /// The widths of the layer whose matrix this is.
  var widths: (inputs: Int, outputs: Int) {
    layer == .transposed ? (shape[0], shape[1]) : (shape[1], shape[0])
  }

  /// The layer's name, which `.weight` follows.
  public var layerName: String {
    name.hasSuffix(".weight") ? String(name.dropLast(".weight".count)) : name
  }
}
