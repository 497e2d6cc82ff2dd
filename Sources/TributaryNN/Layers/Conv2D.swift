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
  private let padding: (Int, Int)
  private let same: Bool
  private let dilation: Int
  private let groups: Int
  /// How many pixels the kernel covers along each axis.
  private let span: (Int, Int)

  /// - Parameter same: instead of `padding` as much as makes the result's extent ceil(extent / stride), split
  ///   between both sides, the odd one at the far side: TensorFlow's and Keras' SAME.
  public init(
    _ name: String, inputs: Int, outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    same: Bool = false, dilation: Int = 1, groups: Int = 1, bias: Bool = true,
    initializer: Initializer? = nil
  ) {
    self.init(
      name, inputs: inputs, outputs: outputs, kernel: (kernel, kernel), stride: stride,
      padding: (padding, padding), same: same, dilation: dilation, groups: groups, bias: bias,
      initializer: initializer)
  }

  /// With (vertical, horizontal) kernel and padding.
  public init(
    _ name: String, inputs: Int, outputs: Int, kernel: (Int, Int), stride: Int = 1,
    padding: (Int, Int), same: Bool = false, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true, initializer: Initializer? = nil
  ) {
    precondition(inputs % groups == 0 && outputs % groups == 0, "groups must divide the channels")
    weight = "\(name).weight"
    self.bias = bias ? "\(name).bias" : nil
    self.stride = stride
    self.padding = padding
    self.same = same
    span = (dilation * (kernel.0 - 1) + 1, dilation * (kernel.1 - 1) + 1)
    self.dilation = dilation
    self.groups = groups
    let standard = Initializer.kaimingUniform(fanIn: inputs / groups * kernel.0 * kernel.1)
    var tensors = [
      TensorSpec(
        weight, [outputs, inputs / groups, kernel.0, kernel.1],
        initializer: initializer ?? standard, layer: groups == 1 ? .convolution : nil)
    ]
    if let bias = self.bias {
      tensors.append(
        TensorSpec(bias, [outputs], initializer: initializer == nil ? standard : .zeros))
    }
    self.tensors = tensors
  }

  /// The weight, with what an adapter adds to it.
  public func kernel(_ pass: Pass) throws -> Tensor {
    let own = try pass(weight)
    return try pass.adapter(of: weight)?.kernel(own, pass) ?? own
  }

  public func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let (top, bottom) = padded(x.shape[2], padding.0, span.0)
    let (left, right) = padded(x.shape[3], padding.1, span.1)
    return try conv2d(
      x, weight: kernel(pass), bias: bias.map { try pass($0) }, stride: (stride, stride),
      padding: (top, left), farPadding: (bottom, right), dilation: (dilation, dilation),
      groups: groups)
  }

  /// clamp(norm(conv(x)) + residual) with a norm of fixed statistics; see `conv2dNorm`.
  func callAsFunction(
    _ x: Tensor, norm: FixedNorm, adding residual: Tensor?, clamp: Clamp, _ pass: Pass
  ) throws -> Tensor {
    let (top, bottom) = padded(x.shape[2], padding.0, span.0)
    let (left, right) = padded(x.shape[3], padding.1, span.1)
    return try conv2dNorm(
      x, weight: kernel(pass), norm: norm, adding: residual, clamp: clamp, stride: (stride, stride),
      padding: (top, left), farPadding: (bottom, right), dilation: (dilation, dilation),
      groups: groups)
  }

  /// Whether `chained` has all that this convolution does.
  var isChainable: Bool { bias == nil && dilation == 1 }

  /// The convolution in a chain, on images of `extents`, which become the result's.
  func chained(
    _ extents: inout (height: Int, width: Int), _ pass: Pass
  ) throws -> ChainedConvolution {
    let (top, bottom) = padded(extents.height, padding.0, span.0)
    let (left, right) = padded(extents.width, padding.1, span.1)
    extents.height = (extents.height + top + bottom - span.0) / stride + 1
    extents.width = (extents.width + left + right - span.1) / stride + 1
    return ChainedConvolution(
      weight: try kernel(pass), stride: (stride, stride), padding: (top, left),
      farPadding: (bottom, right), groups: groups)
  }

  /// In front of and behind an axis of `extent` pixels.
  private func padded(_ extent: Int, _ padding: Int, _ span: Int) -> (Int, Int) {
    guard same else { return (padding, padding) }
    let total = max(0, ((extent + stride - 1) / stride - 1) * stride + span - extent)
    return (total / 2, total - total / 2)
  }
}
