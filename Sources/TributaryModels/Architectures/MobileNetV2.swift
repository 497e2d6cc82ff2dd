internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

/// MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381) with torchvision's names: 3,504,872 parameters for 1,000
/// classes. Settings: `"width"` (1) multiplies the channels, `"dropout"` (0.2), and those of `ConvNormStyle`.
struct MobileNetV2: Model {
  static let registration = Architecture(
    name: "mobilenet_v2", headWeight: "classifier.1.weight",
    firstConvolution: "features.0.0.weight",
    image: { .standard(.imageNet, channels: 3, side: 224, request: $0) },
    dialects: dialects, settings: settings, make: MobileNetV2.init)

  /// Channels, blocks, stride of the first; all but the first stage expand sixfold.
  static let stages = [
    (16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1),
  ]

  let configuration: ModelConfiguration
  let tensors: [TensorSpec]
  let headTensorNames: Set<String>
  let layerNames: [String]
  let featureCount: Int
  private let stem: ConvNorm2D
  private let blocks: [InvertedResidual]
  private let last: ConvNorm2D
  private let dropout: Dropout
  private let head: Linear

  init(_ configuration: ModelConfiguration) throws {
    let image = try configuration.requireImage()
    let settings = SettingsReader(configuration.settings)
    let width = try settings.factor("width", in: 0.01...16)
    let style = try ConvNormStyle(configuration.settings)
    self.configuration = configuration
    var channels = mobileChannels(32, width: width)
    stem = style.layer(
      "features.0.0", norm: "features.0.1", inputs: image.channels, outputs: channels, kernel: 3,
      stride: 2, activation: .relu6)
    var blocks: [InvertedResidual] = []
    for (planes, count, stride) in Self.stages {
      let outputs = mobileChannels(planes, width: width)
      for index in 0..<count {
        blocks.append(
          InvertedResidual(
            "features.\(blocks.count + 1)", style, inputs: channels,
            expanded: planes == 16 ? channels : channels * 6, outputs: outputs,
            stride: index == 0 ? stride : 1))
        channels = outputs
      }
    }
    self.blocks = blocks
    featureCount = mobileChannels(1280, width: max(1, width))
    let index = blocks.count + 1
    last = style.layer(
      "features.\(index).0", norm: "features.\(index).1", inputs: channels, outputs: featureCount,
      kernel: 1, activation: .relu6)
    head = Linear(
      "classifier.1", inputs: featureCount, outputs: configuration.classes,
      initializer: .normal(standardDeviation: 0.01))
    dropout = Dropout(
      "classifier.0", probability: try settings.probability("dropout") ?? 0.2,
      guarding: head.weight)
    tensors = stem.tensors + blocks.flatMap(\.tensors) + last.tensors + head.tensors
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
    return globalAveragePool(x)
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try head(dropout(features, pass), pass)
  }
}

/// 1x1 to many channels (where `expanded` says so), 3x3 on each channel, 1x1 to few, and a shortcut where
/// input and output fit.
private struct InvertedResidual: Sendable {
  private let layers: ConvNormChain
  private let hasShortcut: Bool

  init(
    _ name: String, _ style: ConvNormStyle, inputs: Int, expanded: Int, outputs: Int, stride: Int
  ) {
    var inner: [ConvNorm2D] = []
    func add(_ inputs: Int, kernel: Int, stride: Int, groups: Int) {
      inner.append(
        style.layer(
          "\(name).conv.\(inner.count).0", norm: "\(name).conv.\(inner.count).1", inputs: inputs,
          outputs: expanded, kernel: kernel, stride: stride, groups: groups, activation: .relu6))
    }
    if expanded != inputs { add(inputs, kernel: 1, stride: 1, groups: 1) }
    add(expanded, kernel: 3, stride: stride, groups: expanded)
    let project = style.layer(
      "\(name).conv.\(inner.count)", norm: "\(name).conv.\(inner.count + 1)", inputs: expanded,
      outputs: outputs, kernel: 1, activation: .identity)
    layers = ConvNormChain(inner + [project])
    hasShortcut = stride == 1 && inputs == outputs
  }

  var tensors: [TensorSpec] { layers.tensors }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try layers(x, adding: hasShortcut ? x : nil, pass)
  }
}
