internal import TributaryNN
internal import TributaryTensor

/// MobileNetV2's inverted residual with other kernels and activations, and with squeeze and excitation between
/// the convolution of each channel and the projection.
struct MobileNetV3Block: Sendable {
  typealias Sizes = (
    kernel: Int, expanded: Int, outputs: Int, isExcited: Bool, isHardSwish: Bool, stride: Int
  )

  private let inner: [ConvNorm2D]
  private let excitation: SqueezeExcitation?
  private let project: ConvNorm2D
  private let hasShortcut: Bool

  init(_ name: String, _ style: ConvNormStyle, inputs: Int, _ sizes: Sizes) {
    var index = 0
    func layer(
      _ inputs: Int, _ outputs: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1,
      _ activation: Activation
    ) -> ConvNorm2D {
      defer { index += 1 }
      return style.layer(
        "\(name).block.\(index).0", norm: "\(name).block.\(index).1", inputs: inputs,
        outputs: outputs, kernel: kernel, stride: stride, groups: groups, activation: activation)
    }
    let activation = sizes.isHardSwish ? Activation.hardSwish : .relu
    var inner: [ConvNorm2D] = []
    if sizes.expanded != inputs { inner.append(layer(inputs, sizes.expanded, activation)) }
    inner.append(
      layer(
        sizes.expanded, sizes.expanded, kernel: sizes.kernel, stride: sizes.stride,
        groups: sizes.expanded, activation))
    self.inner = inner
    let squeezed = mobileChannels(sizes.expanded / 4)
    excitation =
      sizes.isExcited
      ? SqueezeExcitation(
        reduce: "\(name).block.\(index).fc1", expand: "\(name).block.\(index).fc2",
        channels: sizes.expanded, squeezed: squeezed, gate: .hardSigmoid,
        initializer: .kaimingNormal(fan: sizes.expanded)) : nil
    if sizes.isExcited { index += 1 }
    project = layer(sizes.expanded, sizes.outputs, .identity)
    hasShortcut = sizes.stride == 1 && inputs == sizes.outputs
  }

  var tensors: [TensorSpec] {
    inner.flatMap(\.tensors) + (excitation?.tensors ?? []) + project.tensors
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    var y = x
    for layer in inner { y = try layer(y, pass) }
    if let excitation { y = try excitation(y, pass) }
    return try project(y, adding: hasShortcut ? x : nil, pass)
  }
}
