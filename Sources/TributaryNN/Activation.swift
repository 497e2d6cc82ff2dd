public import TributaryTensor

/// An element-wise function between layers.
public enum Activation: String, Sendable, CaseIterable {
  case identity, relu, relu6, silu, hardSwish, hardSigmoid, gelu, geluTanh, tanh, sigmoid

  /// The function on every element of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .identity: x
    case .relu: x.relu()
    case .relu6: x.relu6()
    case .silu: x.silu()
    case .hardSwish: x.hardSwish()
    case .hardSigmoid: x.hardSigmoid()
    case .gelu: x.gelu()
    case .geluTanh: x.geluTanh()
    case .tanh: x.tanh()
    case .sigmoid: x.sigmoid()
    }
  }
}
