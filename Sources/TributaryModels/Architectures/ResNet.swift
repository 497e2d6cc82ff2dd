internal import TributaryCore
internal import TributaryStorage
public import TributaryNN
public import TributaryTensor

/// The residual networks for ImageNet (He et al. 2016, arXiv:1512.03385) with torchvision's names: 11,689,512
/// parameters with 18 layers and 1,000 classes, 21,797,672 with 34, 25,557,032 with 50, 44,549,160 with 101.
///
/// From 50 layers on with bottlenecks, whose 3x3 convolution has the stride (torchvision's "v1.5"). Any image of
/// at least 32x32 pixels will do; 224x224 is usual.
///
/// Settings for bottlenecks, as torchvision's: `"groups"` (1) of the 3x3 convolution and `"width_per_group"` (64).
/// With 50 layers, 32 and 4 make the ResNeXt-50 (Xie et al. 2017, arXiv:1611.05431), 1 and 128 the wide ResNet-50.
public struct ResNet: Model {
  static let registrations = [
    registration("resnet18", blocks: [2, 2, 2, 2], hasBottlenecks: false),
    registration("resnet34", blocks: [3, 4, 6, 3], hasBottlenecks: false),
    registration("resnet50", blocks: [3, 4, 6, 3], hasBottlenecks: true),
    registration("resnet101", blocks: [3, 4, 23, 3], hasBottlenecks: true),
  ]

  private static func registration(
    _ name: String, blocks: [Int], hasBottlenecks: Bool
  ) -> Architecture {
    Architecture(
      name: name, headWeight: "fc.weight", firstConvolution: "conv1.weight",
      image: { .standard(.imageNet, channels: 3, side: 224, request: $0) },
      settings: { hasBottlenecks ? settings($0) : [] },
      make: { try ResNet($0, blocks: blocks, hasBottlenecks: hasBottlenecks) })
  }

  /// Groups and their width, from the first convolution in groups.
  private static func settings(_ shape: (String) -> Shape?) -> [(String, JSON)] {
    guard let weight = shape("layer1.0.conv2.weight"), weight.rank == 4, weight[1] > 0 else {
      return []
    }
    let groups = weight[0] / weight[1]
    let width = weight[0] / max(1, groups)
    return (groups == 1 ? [] : [("groups", .integer(groups))])
      + (width == 64 ? [] : [("width_per_group", .integer(width))])
  }

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let layerNames: [String]
  public let featureCount: Int
  private let stem: ConvNorm2D
  private let pool = MaxPool2D(kernel: 3, stride: 2, padding: 1)
  private let stages: [ResNetStage]
  private let fc: Linear

  private init(
    _ configuration: ModelConfiguration, blocks counts: [Int], hasBottlenecks: Bool
  ) throws {
    let image = try configuration.requireImage()
    self.configuration = configuration
    let expansion = hasBottlenecks ? 4 : 1
    let settings = SettingsReader(configuration.settings)
    let groups = try settings.size("groups", default: 1, limit: 1024)
    let groupWidth = try settings.size("width_per_group", default: 64, limit: 4096)
    guard hasBottlenecks || groups == 1 && groupWidth == 64 else {
      throw SettingsReader.error("only bottlenecks have groups or another width_per_group")
    }
    stem = ConvNorm2D(
      conv: Self.convolution("conv1", inputs: image.channels, outputs: 64, kernel: 7, stride: 2),
      norm: BatchNorm2D("bn1", channels: 64))
    stages = counts.enumerated().map { index, count in
      let planes = 64 << index
      return ResNetStage(
        "layer\(index + 1)", inputs: index == 0 ? 64 : planes / 2 * expansion,
        planes: hasBottlenecks ? planes * groupWidth / 64 * groups : planes,
        outputs: planes * expansion, groups: groups, blocks: count, stride: index == 0 ? 1 : 2,
        hasBottlenecks: hasBottlenecks)
    }
    featureCount = 512 * expansion
    fc = Linear("fc", inputs: featureCount, outputs: configuration.classes)
    tensors = stem.tensors + stages.flatMap(\.tensors) + fc.tensors
    headTensorNames = Set(fc.tensors.map(\.name))
    layerNames = ["maxpool"] + stages.flatMap(\.layerNames)
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try pool(stem(images(input), pass))
    pass.capture("maxpool", x)
    for stage in stages { x = try stage(x, pass) }
    return globalAveragePool(x)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor { try fc(features, pass) }

  static func convolution(
    _ name: String, inputs: Int, outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1
  ) -> Conv2D {
    Conv2D(
      name, inputs: inputs, outputs: outputs, kernel: kernel, stride: stride,
      padding: kernel / 2, groups: groups, bias: false,
      initializer: .kaimingNormal(fan: kernel * kernel * outputs))
  }
}
