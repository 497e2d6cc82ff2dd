internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

/// MobileNetV3 (Howard et al. 2019, arXiv:1905.02244) with torchvision's names: 2,542,856 parameters small and
/// 5,483,032 large, for 1,000 classes. Settings: `"dropout"` (0.2), and those of `ConvNormStyle`.
struct MobileNetV3: Model {
  static let registrations = [
    registration("mobilenet_v3_small", small, hidden: 1024, stages: [1, 2, 3, 2, 3]),
    registration("mobilenet_v3_large", large, hidden: 1280, stages: [1, 2, 3, 4, 2, 3]),
  ]

  private static func registration(
    _ name: String, _ blocks: [MobileNetV3Block.Sizes], hidden: Int, stages: [Int]
  ) -> Architecture {
    Architecture(
      name: name, headWeight: "classifier.3.weight", firstConvolution: "features.0.0.weight",
      image: { .standard(.imageNet, channels: 3, side: 224, request: $0) },
      dialects: [timm(blocks, blocks: stages)],
      make: { try MobileNetV3($0, blocks, hidden: hidden) })
  }

  // Kernel, expanded channels, outputs, squeeze and excitation, hard swish, stride.
  private static let small: [MobileNetV3Block.Sizes] = [
    (3, 16, 16, true, false, 2), (3, 72, 24, false, false, 2), (3, 88, 24, false, false, 1),
    (5, 96, 40, true, true, 2), (5, 240, 40, true, true, 1), (5, 240, 40, true, true, 1),
    (5, 120, 48, true, true, 1), (5, 144, 48, true, true, 1), (5, 288, 96, true, true, 2),
    (5, 576, 96, true, true, 1), (5, 576, 96, true, true, 1),
  ]
  private static let large: [MobileNetV3Block.Sizes] = [
    (3, 16, 16, false, false, 1), (3, 64, 24, false, false, 2), (3, 72, 24, false, false, 1),
    (5, 72, 40, true, false, 2), (5, 120, 40, true, false, 1), (5, 120, 40, true, false, 1),
    (3, 240, 80, false, true, 2), (3, 200, 80, false, true, 1), (3, 184, 80, false, true, 1),
    (3, 184, 80, false, true, 1), (3, 480, 112, true, true, 1), (3, 672, 112, true, true, 1),
    (5, 672, 160, true, true, 2), (5, 960, 160, true, true, 1), (5, 960, 160, true, true, 1),
  ]

  let configuration: ModelConfiguration
  let tensors: [TensorSpec]
  let headTensorNames: Set<String>
  let layerNames: [String]
  let featureCount: Int
  private let stem: ConvNorm2D
  private let blocks: [MobileNetV3Block]
  private let last: ConvNorm2D
  private let inner: Linear
  private let dropout: Dropout
  private let head: Linear

  private init(
    _ configuration: ModelConfiguration, _ sizes: [MobileNetV3Block.Sizes], hidden: Int
  ) throws {
    let image = try configuration.requireImage()
    let style = try ConvNormStyle(configuration.settings, epsilon: 1e-3, momentum: 0.01)
    self.configuration = configuration
    stem = style.layer(
      "features.0.0", norm: "features.0.1", inputs: image.channels, outputs: 16, kernel: 3,
      stride: 2, activation: .hardSwish)
    var channels = 16
    blocks = sizes.enumerated().map { index, sizes in
      defer { channels = sizes.outputs }
      return MobileNetV3Block("features.\(index + 1)", style, inputs: channels, sizes)
    }
    let index = blocks.count + 1
    last = style.layer(
      "features.\(index).0", norm: "features.\(index).1", inputs: channels, outputs: channels * 6,
      kernel: 1, activation: .hardSwish)
    let normal = Initializer.normal(standardDeviation: 0.01)
    inner = Linear("classifier.0", inputs: channels * 6, outputs: hidden, initializer: normal)
    head = Linear(
      "classifier.3", inputs: hidden, outputs: configuration.classes, initializer: normal)
    dropout = Dropout(
      "classifier.2",
      probability: try SettingsReader(configuration.settings).probability("dropout") ?? 0.2,
      guarding: head.weight)
    featureCount = hidden
    tensors =
      stem.tensors + blocks.flatMap(\.tensors) + last.tensors + inner.tensors + head.tensors
    headTensorNames = Set(head.tensors.map(\.name))
    layerNames = (0...index).map { "features.\($0)" }
  }

  func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try stem(images(input), pass)
    pass.capture(layerNames[0], x)
    for (name, block) in zip(layerNames.dropFirst(), blocks) {
      x = try pass.checkpointed(x, block.callAsFunction)
      pass.capture(name, x)
    }
    x = try last(x, pass)
    pass.capture(layerNames[blocks.count + 1], x)
    return try inner(globalAveragePool(x), pass).hardSwish()
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try head(dropout(features, pass), pass)
  }
}
