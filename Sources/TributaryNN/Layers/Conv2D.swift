internal import TributaryCore
public import TributaryTensor

/// Two-dimensional cross-correlation: x `[B, inputs, H, W]`, weight `[outputs, inputs/groups, k, k]`.
///
/// Zero padding on all sides, or TensorFlow's SAME; `groups == inputs` is a depthwise convolution. Initialised as torch
/// (uniform within 1/sqrt(fan in)) unless told otherwise.
public struct Conv2D: Sendable {
  public let weight: String
  public let bias: String?
  public let tensors: [TensorSpec]
  private let stride: Int
  private let padding: Int
  private let same: Bool
  private let dilation: Int
  private let groups: Int
  /// How many pixels the kernel covers along an axis.
  private let span: Int

  /// - Parameter same: instead of `padding` as much as makes the result's extent ceil(extent / stride), split
  ///   between both sides, the odd one at the far side: TensorFlow's and Keras' SAME.
  public init(
    _ name: String, inputs: Int, outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    same: Bool = false, dilation: Int = 1, groups: Int = 1, bias: Bool = true,
    initializer: Initializer? = nil
  ) {
    precondition(inputs % groups == 0 && outputs % groups == 0, "groups must divide the channels")
    weight = "\(name).weight"
    self.bias = bias ? "\(name).bias" : nil
    self.stride = stride
    self.padding = padding
    self.same = same
    span = dilation * (kernel - 1) + 1
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
    let (top, bottom) = padding(x.shape[2])
    let (left, right) = padding(x.shape[3])
    return try conv2d(
      x, weight: pass(weight), bias: bias.map { try pass($0) }, stride: (stride, stride),
      padding: (top, left), farPadding: (bottom, right), dilation: (dilation, dilation),
      groups: groups)
  }

  /// In front of and behind an axis of `extent` pixels.
  private func padding(_ extent: Int) -> (Int, Int) {
    guard same else { return (padding, padding) }
    let total = max(0, ((extent + stride - 1) / stride - 1) * stride + span - extent)
    return (total / 2, total - total / 2)
  }

  /// clamp(norm(conv(x)) + residual) with a norm of fixed statistics; see `conv2dNorm`.
  func callAsFunction(
    _ x: Tensor, norm: FixedNorm, adding residual: Tensor?, clamp: Clamp, _ pass: Pass
  ) throws -> Tensor {
    let (top, bottom) = padding(x.shape[2])
    let (left, right) = padding(x.shape[3])
    return try conv2dNorm(
      x, weight: pass(weight), norm: norm, adding: residual, clamp: clamp, stride: (stride, stride),
      padding: (top, left), farPadding: (bottom, right), dilation: (dilation, dilation),
      groups: groups)
  }
}
