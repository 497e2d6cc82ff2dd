internal import TributaryNN
internal import TributaryStorage

/// How the convolutions of a family are put together: what differs between the publishers of one network.
///
/// Read from `settings`: `"padding": "same"` (TensorFlow's; else symmetric), `"norm_epsilon"`, and
/// `"norm": "folded"` where batch norm is folded into the convolutions, which then have a bias.
struct ConvNormStyle: Sendable {
  var epsilon: Float
  var momentum: Float
  var same: Bool
  var isFolded: Bool

  /// - Throws: `model.configuration` for settings that cannot be.
  init(_ settings: JSON, epsilon: Float = 1e-5, momentum: Float = 0.1) throws {
    let reader = SettingsReader(settings)
    self.epsilon = try reader.number("norm_epsilon", default: epsilon)
    self.momentum = momentum
    same = try reader.choice("padding", ["symmetric", "same"]) == "same"
    isFolded = try reader.choice("norm", ["batch", "folded"]) == "folded"
  }

  /// Initialised as torchvision does, normal with variance 2 / fan out.
  func layer(
    _ conv: String, norm: String, inputs: Int, outputs: Int, kernel: Int, stride: Int = 1,
    groups: Int = 1, activation: Activation
  ) -> ConvNorm2D {
    ConvNorm2D(
      conv: Conv2D(
        conv, inputs: inputs, outputs: outputs, kernel: kernel, stride: stride,
        padding: kernel / 2, same: same, groups: groups, bias: isFolded,
        initializer: .kaimingNormal(fan: kernel * kernel * outputs)),
      norm: isFolded
        ? nil : BatchNorm2D(norm, channels: outputs, epsilon: epsilon, momentum: momentum),
      activation: activation)
  }
}

/// `channels` times `width` as the mobile networks round it: to a multiple of 8, and not below 90 %.
func mobileChannels(_ channels: Int, width: Double = 1) -> Int {
  let exact = Double(channels) * width
  let rounded = max(8, Int(exact + 4) / 8 * 8)
  return Double(rounded) < 0.9 * exact ? rounded + 8 : rounded
}
