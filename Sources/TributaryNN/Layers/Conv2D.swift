internal import TributaryCore
public import TributaryTensor

/// Two-dimensional cross-correlation: x `[B, inputs, H, W]`, weight `[outputs, inputs/groups, k, k]`.
///
/// Zero padding on all sides; `groups == inputs` is a depthwise convolution. Initialised as torch
/// (uniform within 1/sqrt(fan in)) unless told otherwise.
public struct Conv2D: Sendable {
  public let weight: String
  public let bias: String?
  public let tensors: [TensorSpec]
  private let stride: Int
  private let padding: Int
  private let dilation: Int
  private let groups: Int

  public init(
    _ name: String, inputs: Int, outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    dilation: Int = 1, groups: Int = 1, bias: Bool = true, initializer: Initializer? = nil
  ) {
    precondition(inputs % groups == 0 && outputs % groups == 0, "groups must divide the channels")
    weight = "\(name).weight"
    self.bias = bias ? "\(name).bias" : nil
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    let standard = Initializer.kaimingUniform(fanIn: inputs / groups * kernel * kernel)
    var tensors = [
      TensorSpec(
        weight, [outputs, inputs / groups, kernel, kernel], initializer: initializer ?? standard)
    ]
    if let bias = self.bias {
      tensors.append(
        TensorSpec(bias, [outputs], initializer: initializer == nil ? standard : .zeros))
    }
    self.tensors = tensors
  }

  public func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try conv2d(
      x, weight: pass(weight), bias: bias.map { try pass($0) }, stride: stride, padding: padding,
      dilation: dilation, groups: groups)
  }
}
