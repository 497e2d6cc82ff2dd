internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// EfficientNet-B0 (Tan and Le 2019, arXiv:1905.11946) with torchvision's names; timm's are read, too. 5,288,548
/// parameters for 1,000 classes. Any image of at least 32x32 pixels will do; 224x224 is usual.
///
/// Settings: `dropout` in front of the classifier (0.2) and `stochastic_depth`, the probability with which
/// the last of the 16 blocks is left out (0.2), the others in proportion to their depth.
public struct EfficientNet: Model {
  static let registration = Architecture(
    name: "efficientnet_b0", headWeight: "classifier.1.weight",
    firstConvolution: "features.0.0.weight",
    image: { .standard(.imageNet, channels: 3, side: 224, request: $0) }, dialects: [timm],
    make: EfficientNet.init)

  /// Blocks of one kind: the widening inside, kernel and first stride, the channels that come out.
  static let stages: [(expansion: Int, kernel: Int, stride: Int, outputs: Int, count: Int)] =
    [
      (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
      (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
    ]

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let layerNames: [String]
  public let featureCount = 1280
  private let stem: ConvNorm2D
  private let blocks: [[InvertedResidual]]
  private let top: ConvNorm2D
  private let dropout: Dropout
  private let classifier: Linear

  private init(_ configuration: ModelConfiguration) throws {
    let image = try configuration.requireImage()
    let settings = SettingsReader(configuration.settings)
    let depth = try settings.probability("stochastic_depth") ?? 0.2
    self.configuration = configuration
    stem = Self.unit("features.0", image.channels, 32, kernel: 3, stride: 2)
    let total = Self.stages.reduce(0) { $0 + $1.count }
    var channels = 32
    var index = 0
    blocks = Self.stages.enumerated().map { number, stage in
      (0..<stage.count).map { position in
        defer { (channels, index) = (stage.outputs, index + 1) }
        return InvertedResidual(
          "features.\(number + 1).\(position)", inputs: channels, outputs: stage.outputs,
          expansion: stage.expansion, kernel: stage.kernel,
          stride: position == 0 ? stage.stride : 1,
          depth: depth * Float(index) / Float(total))
      }
    }
    top = Self.unit("features.8", channels, featureCount, kernel: 1)
    classifier = Linear(
      "classifier.1", inputs: featureCount, outputs: configuration.classes,
      initializer: .uniform(bound: Float(1 / Double(configuration.classes).squareRoot())))
    dropout = Dropout(
      "classifier.0", probability: try settings.probability("dropout") ?? 0.2,
      guarding: classifier.weight)
    tensors =
      stem.tensors + blocks.joined().flatMap(\.tensors) + top.tensors + classifier.tensors
    headTensorNames = Set(classifier.tensors.map(\.name))
    layerNames = (0...8).map { "features.\($0)" }
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try stem(images(input), pass)
    pass.capture("features.0", x)
    for (number, stage) in blocks.enumerated() {
      for block in stage { x = try pass.checkpointed(x, block.callAsFunction) }
      pass.capture("features.\(number + 1)", x)
    }
    x = try top(x, pass)
    pass.capture("features.8", x)
    return globalAveragePool(x)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try classifier(dropout(features, pass), pass)
  }

  static func unit(
    _ name: String, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
    activation: Activation = .silu
  ) -> ConvNorm2D {
    ConvNorm2D(
      conv: Conv2D(
        "\(name).0", inputs: inputs, outputs: outputs, kernel: kernel, stride: stride,
        padding: kernel / 2, groups: groups, bias: false,
        initializer: .kaimingNormal(fan: kernel * kernel * outputs)),
      norm: BatchNorm2D("\(name).1", channels: outputs), activation: activation)
  }
}

/// Widened by a 1x1 convolution, filtered channel by channel, gated, narrowed (Sandler et al. 2018,
/// arXiv:1801.04381), around a shortcut where the shape stays.
private struct InvertedResidual: Sendable {
  private let expand: ConvNorm2D?
  private let depthwise: ConvNorm2D
  private let excitation: SqueezeExcitation
  private let project: ConvNorm2D
  private let hasShortcut: Bool
  private let depth: StochasticDepth

  init(
    _ name: String, inputs: Int, outputs: Int, expansion: Int, kernel: Int, stride: Int,
    depth probability: Float
  ) {
    let width = inputs * expansion
    var layer = 0
    func next() -> String {
      defer { layer += 1 }
      return "\(name).block.\(layer)"
    }
    expand = expansion == 1 ? nil : EfficientNet.unit(next(), inputs, width, kernel: 1)
    depthwise = EfficientNet.unit(
      next(), width, width, kernel: kernel, stride: stride, groups: width)
    let gate = next()
    let squeezed = max(1, inputs / 4)
    excitation = SqueezeExcitation(
      reduce: "\(gate).fc1", expand: "\(gate).fc2", channels: width, squeezed: squeezed,
      activation: .silu, initializer: .kaimingNormal(fan: width))
    project = EfficientNet.unit(next(), width, outputs, kernel: 1, activation: .identity)
    hasShortcut = stride == 1 && inputs == outputs
    depth = StochasticDepth("\(name).stochastic_depth", probability: probability)
  }

  var tensors: [TensorSpec] {
    (expand?.tensors ?? []) + depthwise.tensors + excitation.tensors + project.tensors
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let wide = try depthwise(expand?(x, pass) ?? x, pass)
    let result = try project(excitation(wide, pass), pass)
    return hasShortcut ? x + depth(result, pass) : result
  }
}
