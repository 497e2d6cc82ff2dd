internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// The residual networks for CIFAR (He et al. 2016, arXiv:1512.03385, section 4.2), named as in
/// akamaster/pytorch_resnet_cifar10: 6n + 2 layers with 16, 32 and 64 channels and shortcuts without
/// weights (option A). 269,722 parameters with 20 layers, 853,018 with 56.
///
/// Any image size and number of channels will do.
public struct CifarResNet: Model {
  static let registrations = [8, 20, 32, 56].map { depth in
    Architecture(
      name: "cifar-resnet\(depth)", headWeight: "linear.weight",
      firstConvolution: "conv1.weight",
      image: { .standard(.imageNet, channels: 3, side: 32, request: $0) },
      make: { try CifarResNet($0, blocks: (depth - 2) / 6) })
  }

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount = 64
  private let conv1: Conv2D
  private let bn1: BatchNorm2D
  private let blocks: [Block]
  private let linear: Linear

  private init(_ configuration: ModelConfiguration, blocks count: Int) throws {
    let image = try configuration.requireImage()
    self.configuration = configuration
    conv1 = Self.convolution("conv1", inputs: image.channels, outputs: 16)
    bn1 = BatchNorm2D("bn1", channels: 16)
    blocks = [16, 32, 64].enumerated().flatMap { layer, channels in
      (0..<count).map { index in
        let isWider = layer > 0 && index == 0
        return Block(
          "layer\(layer + 1).\(index)", inputs: isWider ? channels / 2 : channels,
          outputs: channels)
      }
    }
    linear = Linear(
      "linear", inputs: featureCount, outputs: configuration.classes,
      initializer: .kaimingNormal(fan: featureCount))
    tensors = conv1.tensors + bn1.tensors + blocks.flatMap(\.tensors) + linear.tensors
    headTensorNames = Set(linear.tensors.map(\.name))
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try bn1(conv1(images(input), pass), relu: true, pass)
    for block in blocks { x = try block(x, pass) }
    return globalAveragePool(x)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try linear(features, pass)
  }

  private static func convolution(
    _ name: String, inputs: Int, outputs: Int, stride: Int = 1
  ) -> Conv2D {
    Conv2D(
      name, inputs: inputs, outputs: outputs, kernel: 3, stride: stride, padding: 1, bias: false,
      initializer: .kaimingNormal(fan: 9 * inputs))
  }

  /// Two 3x3 convolutions around a shortcut. A block that doubles the channels halves the image; its
  /// shortcut takes every other pixel and pads the channels with zeros on both sides.
  private struct Block: Sendable {
    let conv1: Conv2D
    let bn1: BatchNorm2D
    let conv2: Conv2D
    let bn2: BatchNorm2D
    let addedChannels: Int

    init(_ name: String, inputs: Int, outputs: Int) {
      addedChannels = outputs - inputs
      conv1 = convolution(
        "\(name).conv1", inputs: inputs, outputs: outputs, stride: inputs == outputs ? 1 : 2)
      bn1 = BatchNorm2D("\(name).bn1", channels: outputs)
      conv2 = convolution("\(name).conv2", inputs: outputs, outputs: outputs)
      bn2 = BatchNorm2D("\(name).bn2", channels: outputs)
    }

    var tensors: [TensorSpec] { conv1.tensors + bn1.tensors + conv2.tensors + bn2.tensors }

    func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
      let inner = try bn1(conv1(x, pass), relu: true, pass)
      return addRelu(try bn2(conv2(inner, pass), pass), shortcut(x))
    }

    private func shortcut(_ x: Tensor) -> Tensor {
      guard addedChannels > 0 else { return x }
      return
        x
        .sliced(axis: 2, from: 0, to: x.shape[2], by: 2)
        .sliced(axis: 3, from: 0, to: x.shape[3], by: 2)
        .padded(axis: 1, before: addedChannels / 2, after: addedChannels / 2)
    }
  }
}
