internal import TributaryNN
internal import TributaryTensor

/// MobileNetV2's inverted residual with other kernels and activations, and with squeeze and excitation between
/// the convolution of each channel and the projection.
struct MobileNetV3Block: Sendable {
  typealias Sizes = (
    kernel: Int, expanded: Int, outputs: Int, isExcited: Bool, isHardSwish: Bool, stride: Int
  )

  /// All layers, or with squeeze and excitation those in front of it.
  private let layers: ConvNormChain
  /// Squeeze and excitation, and the projection behind it.
  private let excited: (SqueezeExcitation, ConvNorm2D)?
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
    let squeezed = mobileChannels(sizes.expanded / 4)
    let excitation =
      sizes.isExcited
      ? SqueezeExcitation(
        reduce: "\(name).block.\(index).fc1", expand: "\(name).block.\(index).fc2",
        channels: sizes.expanded, squeezed: squeezed, gate: .hardSigmoid,
        initializer: .kaimingNormal(fan: sizes.expanded)) : nil
    if sizes.isExcited { index += 1 }
    let project = layer(sizes.expanded, sizes.outputs, .identity)
    layers = ConvNormChain(sizes.isExcited ? inner : inner + [project])
    excited = excitation.map { ($0, project) }
    hasShortcut = sizes.stride == 1 && inputs == sizes.outputs
  }

  var tensors: [TensorSpec] {
    layers.tensors + (excited.map { $0.0.tensors + $0.1.tensors } ?? [])
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let shortcut = hasShortcut ? x : nil
    guard let (excitation, project) = excited else {
      return try layers(x, adding: shortcut, pass)
    }
    return try project(excitation(layers(x, pass), pass), adding: shortcut, pass)
  }
}
