public import TributaryCore
public import TributaryNN
public import TributaryTensor

/// ConvNeXt-tiny (Liu et al. 2022, arXiv:2201.03545) with torchvision's names; timm's are read, too. 28,589,128
/// parameters for 1,000 classes. Any image of at least 32x32 pixels will do; 224x224 is usual.
///
/// Setting: `stochastic_depth`, the probability with which the last of the 18 blocks is left out (0.1), the
/// others in proportion to their depth.
public struct ConvNeXt: Model {
  static let registration = Architecture(
    name: "convnext_tiny", headWeight: "classifier.2.weight",
    firstConvolution: "features.0.0.weight",
    image: { .standard(.imageNet, channels: 3, side: 224, request: $0) }, dialects: [timm],
    make: { try ConvNeXt($0, widths: [96, 192, 384, 768], counts: [3, 3, 9, 3]) })

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let layerNames: [String]
  public let featureCount: Int
  private let stem: Conv2D
  private let stemNorm: LayerNorm
  private let stages: [[ConvNeXtBlock]]
  /// In front of the second and each further stage.
  private let reductions: [(norm: LayerNorm, conv: Conv2D)]
  private let norm: LayerNorm
  private let classifier: Linear

  private init(_ configuration: ModelConfiguration, widths: [Int], counts: [Int]) throws {
    let image = try configuration.requireImage()
    let depth =
      try SettingsReader(configuration.settings).probability("stochastic_depth") ?? 0.1
    self.configuration = configuration
    stem = Conv2D(
      "features.0.0", inputs: image.channels, outputs: widths[0], kernel: 4, stride: 4,
      initializer: Self.normal)
    stemNorm = LayerNorm("features.0.1", size: widths[0], epsilon: Self.epsilon)
    let total = counts.reduce(0, +)
    var index = 0
    stages = counts.enumerated().map { stage, count in
      (0..<count).map { position in
        defer { index += 1 }
        return ConvNeXtBlock(
          "features.\(2 * stage + 1).\(position)", size: widths[stage],
          depth: depth * Float(index) / Float(total - 1))
      }
    }
    reductions = widths.indices.dropFirst().map { stage in
      let name = "features.\(2 * stage)"
      return (
        LayerNorm("\(name).0", size: widths[stage - 1], epsilon: Self.epsilon),
        Conv2D(
          "\(name).1", inputs: widths[stage - 1], outputs: widths[stage], kernel: 2, stride: 2,
          initializer: Self.normal)
      )
    }
    featureCount = widths[widths.count - 1]
    norm = LayerNorm("classifier.0", size: featureCount, epsilon: Self.epsilon)
    classifier = Linear(
      "classifier.2", inputs: featureCount, outputs: configuration.classes,
      initializer: Self.normal)
    tensors =
      stem.tensors + stemNorm.tensors + stages.joined().flatMap(\.tensors)
      + reductions.flatMap { $0.norm.tensors + $0.conv.tensors } + norm.tensors
      + classifier.tensors
    headTensorNames = Set(classifier.tensors.map(\.name))
    layerNames = (0..<(2 * widths.count)).map { "features.\($0)" }
  }

  static let epsilon: Float = 1e-6
  static let normal = Initializer.normal(standardDeviation: 0.02)

  /// Between blocks the channels are the last axis, `[B, H, W, C]`: all but the depthwise convolutions works
  /// on them.
  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try stemNorm(stem(images(input), pass).permuted(toChannelsLast), pass)
    pass.capture("features.0", x.permuted(toChannelsFirst))
    for (stage, blocks) in stages.enumerated() {
      if stage > 0 {
        let (norm, conv) = reductions[stage - 1]
        x = try conv(norm(x, pass).permuted(toChannelsFirst), pass).permuted(toChannelsLast)
        pass.capture("features.\(2 * stage)", x.permuted(toChannelsFirst))
      }
      for block in blocks { x = try pass.checkpointed(x, block.callAsFunction) }
      pass.capture("features.\(2 * stage + 1)", x.permuted(toChannelsFirst))
    }
    return try norm(x.mean(axes: [1, 2]), pass)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try classifier(features, pass)
  }

  /// timm's layer scale is `[C]`, torchvision's `[C, 1, 1]`.
  public func adapted(_ tensor: HostTensor, to spec: TensorSpec) -> HostTensor? {
    guard spec.name.hasSuffix(".layer_scale"), tensor.shape == [spec.shape[0]] else { return nil }
    return try? HostTensor(dtype: tensor.dtype, shape: spec.shape, bytes: tensor.bytes)
  }
}

private let toChannelsLast = [0, 2, 3, 1]
private let toChannelsFirst = [0, 3, 1, 2]

/// A 7x7 convolution channel by channel, norm, two products around a GELU, scaled, around a shortcut:
/// `[B, H, W, C]` -> the same.
private struct ConvNeXtBlock: Sendable {
  private let conv: Conv2D
  private let norm: LayerNorm
  private let widen: Linear
  private let narrow: Linear
  private let scale: TensorSpec
  private let depth: StochasticDepth

  init(_ name: String, size: Int, depth probability: Float) {
    conv = Conv2D(
      "\(name).block.0", inputs: size, outputs: size, kernel: 7, padding: 3, groups: size,
      initializer: ConvNeXt.normal)
    norm = LayerNorm("\(name).block.2", size: size, epsilon: ConvNeXt.epsilon)
    widen = Linear(
      "\(name).block.3", inputs: size, outputs: 4 * size, initializer: ConvNeXt.normal)
    narrow = Linear(
      "\(name).block.5", inputs: 4 * size, outputs: size, initializer: ConvNeXt.normal)
    scale = TensorSpec("\(name).layer_scale", [size, 1, 1], initializer: .constant(1e-6))
    depth = StochasticDepth("\(name).stochastic_depth", probability: probability)
  }

  var tensors: [TensorSpec] {
    [scale] + conv.tensors + norm.tensors + widen.tensors + narrow.tensors
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let filtered = try conv(x.permuted(toChannelsFirst), pass).permuted(toChannelsLast)
    let wide = try widen(norm(filtered, pass), pass).gelu()
    return x + depth(try scaled(wide, pass), pass)
  }

  /// `scale * narrow(x)` with the scale taken into the weights, which are fewer than the pixels.
  private func scaled(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    if pass.isAdapted(narrow.weight) {
      return try narrow(x, pass) * pass(scale.name).reshaped([-1])
    }
    let column = try pass(scale.name).reshaped([-1, 1])
    return linear(
      x, weight: try pass(narrow.weight) * column,
      bias: try narrow.bias.map { try pass($0) * column.reshaped([-1]) })
  }
}
