internal import TributaryCore
public import TributaryTensor

/// Group normalisation over `[B, C, H, W]` (Wu and He 2018, arXiv:1803.08494): mean and variance over
/// each example's groups of C / groups channels; scale and shift per channel. It keeps no statistics,
/// so it is the same in training and inference.
public struct GroupNorm: Sendable {
  public let weight: String
  public let bias: String
  public let tensors: [TensorSpec]
  private let groups: Int
  private let epsilon: Float

  public init(_ name: String, groups: Int, channels: Int, epsilon: Float = 1e-5) {
    precondition(channels % groups == 0, "groups must divide the channels")
    weight = "\(name).weight"
    bias = "\(name).bias"
    self.groups = groups
    self.epsilon = epsilon
    tensors = [
      TensorSpec(weight, [channels], initializer: .ones),
      TensorSpec(bias, [channels], initializer: .zeros),
    ]
  }

  public func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try groupNorm(x, groups: groups, weight: pass(weight), bias: pass(bias), epsilon: epsilon)
  }
}
