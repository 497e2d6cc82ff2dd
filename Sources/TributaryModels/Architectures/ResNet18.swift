internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// ResNet-18 (He et al. 2016, arXiv:1512.03385) with torchvision's names: 11,689,512 parameters for
/// 1,000 classes. Any image of at least 32x32 pixels will do; 224x224 is usual.
public struct ResNet18: Model {
  static let registration = Architecture(
    name: "resnet18", headWeight: "fc.weight", firstConvolution: "conv1.weight",
    image: { .standard(.imageNet, channels: 3, side: 224, request: $0) },
    make: ResNet18.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount = 512
  private let conv1: Conv2D
  private let bn1: BatchNorm2D
  private let pool = MaxPool2D(kernel: 3, stride: 2, padding: 1)
  private let blocks: [Block]
  private let fc: Linear

  init(_ configuration: ModelConfiguration) throws {
    let image = try configuration.requireImage()
    self.configuration = configuration
    conv1 = Self.convolution("conv1", inputs: image.channels, outputs: 64, kernel: 7, stride: 2)
    bn1 = BatchNorm2D("bn1", channels: 64)
    blocks = [64, 128, 256, 512].enumerated().flatMap { layer, channels in
      (0..<2).map { index in
        let isFirst = layer > 0 && index == 0
        return Block(
          "layer\(layer + 1).\(index)", inputs: isFirst ? channels / 2 : channels,
          outputs: channels)
      }
    }
    fc = Linear("fc", inputs: featureCount, outputs: configuration.classes)
    tensors = conv1.tensors + bn1.tensors + blocks.flatMap(\.tensors) + fc.tensors
    headTensorNames = Set(fc.tensors.map(\.name))
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try pool(bn1(conv1(images(input), pass), relu: true, pass))
    for block in blocks { x = try block(x, pass) }
    return globalAveragePool(x)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor { try fc(features, pass) }

  private static func convolution(
    _ name: String, inputs: Int, outputs: Int, kernel: Int, stride: Int = 1
  ) -> Conv2D {
    Conv2D(
      name, inputs: inputs, outputs: outputs, kernel: kernel, stride: stride,
      padding: kernel / 2, bias: false,
      initializer: .kaimingNormal(fan: kernel * kernel * outputs))
  }

  /// Two 3x3 convolutions around a shortcut, which is a 1x1 convolution where channels or size change.
  private struct Block: Sendable {
    let conv1: Conv2D
    let bn1: BatchNorm2D
    let conv2: Conv2D
    let bn2: BatchNorm2D
    let downsample: (convolution: Conv2D, norm: BatchNorm2D)?

    init(_ name: String, inputs: Int, outputs: Int) {
      let stride = inputs == outputs ? 1 : 2
      conv1 = convolution(
        "\(name).conv1", inputs: inputs, outputs: outputs, kernel: 3, stride: stride)
      bn1 = BatchNorm2D("\(name).bn1", channels: outputs)
      conv2 = convolution("\(name).conv2", inputs: outputs, outputs: outputs, kernel: 3)
      bn2 = BatchNorm2D("\(name).bn2", channels: outputs)
      downsample =
        stride == 1
        ? nil
        : (
          convolution(
            "\(name).downsample.0", inputs: inputs, outputs: outputs, kernel: 1, stride: stride),
          BatchNorm2D("\(name).downsample.1", channels: outputs)
        )
    }

    var tensors: [TensorSpec] {
      conv1.tensors + bn1.tensors + conv2.tensors + bn2.tensors
        + (downsample.map { $0.convolution.tensors + $0.norm.tensors } ?? [])
    }

    func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
      let inner = try bn1(conv1(x, pass), relu: true, pass)
      let shortcut = try downsample.map { try $0.norm($0.convolution(x, pass), pass) } ?? x
      return addRelu(try bn2(conv2(inner, pass), pass), shortcut)
    }
  }
}
