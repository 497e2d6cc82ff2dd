internal import TributaryNN
internal import TributaryTensor

/// A 3x3 convolution with its norm: `relu(norm(conv(x)) + residual)`, of `cifar-resnet*` by batch, of
/// `cifar-resnet*-gn` by group.
enum CifarResNetUnit: Sendable {
  case batch(ConvNorm2D)
  case group(Conv2D, GroupNorm)

  enum Norm { case batch, group }

  /// Two groups, as federated work has it (Reddi et al. 2021, arXiv:2003.00295).
  private static let groups = 2

  init(_ prefix: String, index: Int, inputs: Int, outputs: Int, stride: Int = 1, norm: Norm) {
    let conv = Conv2D(
      "\(prefix)conv\(index)", inputs: inputs, outputs: outputs, kernel: 3, stride: stride,
      padding: 1, bias: false, initializer: .kaimingNormal(fan: 9 * inputs))
    self =
      switch norm {
      case .batch:
        .batch(ConvNorm2D(conv: conv, norm: BatchNorm2D("\(prefix)bn\(index)", channels: outputs)))
      case .group:
        .group(
          conv, GroupNorm("\(prefix)gn\(index)", groups: Self.groups, channels: outputs))
      }
  }

  var tensors: [TensorSpec] {
    switch self {
    case .batch(let layer): layer.tensors
    case .group(let conv, let norm): conv.tensors + norm.tensors
    }
  }

  func callAsFunction(_ x: Tensor, adding residual: Tensor? = nil, _ pass: Pass) throws -> Tensor {
    switch self {
    case .batch(let layer): return try layer(x, adding: residual, pass)
    case .group(let conv, let norm):
      let y = try norm(conv(x, pass), pass)
      return residual.map { addRelu(y, $0) } ?? y.relu()
    }
  }
}
