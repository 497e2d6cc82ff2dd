internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// DenseNet-121 (Huang et al. 2017, arXiv:1608.06993) with torchvision's names, which timm shares: 7,978,856
/// parameters for 1,000 classes. Any image of at least 32x32 pixels will do; 224x224 is usual.
public struct DenseNet: Model {
  static let registration = Architecture(
    name: "densenet121", headWeight: "classifier.weight",
    firstConvolution: "features.conv0.weight",
    image: { .standard(.imageNet, channels: 3, side: 224, request: $0) },
    make: { try DenseNet($0, layers: [6, 12, 24, 16], growth: 32, width: 64) })

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let layerNames: [String]
  public let featureCount: Int
  private let stem: ConvNorm2D
  private let pool = MaxPool2D(kernel: 3, stride: 2, padding: 1)
  private let blocks: [DenseBlock]
  private let transitions: [DenseTransition]
  private let norm: BatchNorm2D
  private let classifier: Linear

  private init(
    _ configuration: ModelConfiguration, layers: [Int], growth: Int, width: Int
  ) throws {
    let image = try configuration.requireImage()
    self.configuration = configuration
    stem = ConvNorm2D(
      conv: Self.convolution(
        "features.conv0", inputs: image.channels, outputs: width, kernel: 7, stride: 2),
      norm: BatchNorm2D("features.norm0", channels: width))
    var channels = width
    var blocks: [DenseBlock] = []
    var transitions: [DenseTransition] = []
    for (index, count) in layers.enumerated() {
      blocks.append(
        DenseBlock(
          "features.denseblock\(index + 1)", inputs: channels, layers: count, growth: growth))
      channels += count * growth
      guard index < layers.count - 1 else { break }
      transitions.append(DenseTransition("features.transition\(index + 1)", inputs: channels))
      channels /= 2
    }
    self.blocks = blocks
    self.transitions = transitions
    featureCount = channels
    norm = BatchNorm2D("features.norm5", channels: channels)
    classifier = Linear("classifier", inputs: channels, outputs: configuration.classes)
    tensors =
      stem.tensors + blocks.flatMap(\.tensors) + transitions.flatMap(\.tensors) + norm.tensors
      + classifier.tensors
    headTensorNames = Set(classifier.tensors.map(\.name))
    layerNames = ["features.pool0"] + blocks.map(\.name) + transitions.map(\.name)
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try pool(stem(images(input), pass))
    pass.capture("features.pool0", x)
    for (block, transition) in zip(blocks, transitions) {
      x = try pass.checkpointed(x) { x, pass in
        var maps = try block(x, pass)
        return try transition(&maps, pass)
      }
    }
    return try pass.checkpointed(x) { x, pass in
      var maps = try blocks[transitions.count](x, pass)
      return globalAveragePool(try norm(&maps, relu: true, pass))
    }
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try classifier(features, pass)
  }

  /// Old checkpoints have a dot between a layer's name and its number: `denselayer1.norm.1.weight`.
  public func modelName(forCheckpoint name: String) -> String? {
    guard !name.hasSuffix(".num_batches_tracked") else { return nil }
    var parts = CheckpointName.withoutWrapper(name).split(separator: ".").map(String.init)
    if parts.count == 6, parts[2].hasPrefix("denselayer") {
      parts[3] += parts.remove(at: 4)
    }
    return parts.joined(separator: ".")
  }

  static func convolution(
    _ name: String, inputs: Int, outputs: Int, kernel: Int, stride: Int = 1
  ) -> Conv2D {
    Conv2D(
      name, inputs: inputs, outputs: outputs, kernel: kernel, stride: stride, padding: kernel / 2,
      bias: false, initializer: .kaimingNormal(fan: kernel * kernel * inputs))
  }
}

/// Layers each of which sees the maps of all before it and adds `growth` of its own.
private struct DenseBlock: Sendable {
  let name: String
  private let layers: [Layer]

  init(_ name: String, inputs: Int, layers count: Int, growth: Int) {
    self.name = name
    layers = (0..<count).map {
      Layer("\(name).denselayer\($0 + 1)", inputs: inputs + $0 * growth, growth: growth)
    }
  }

  var tensors: [TensorSpec] { layers.flatMap(\.tensors) }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> JoinedChannels {
    var maps = JoinedChannels(x)
    for layer in layers { maps.append(try layer(&maps, pass)) }
    pass.capture(name, maps.joined)
    return maps
  }

  /// Norm, a 1x1 convolution to four times the growth, norm, a 3x3 convolution.
  private struct Layer: Sendable {
    let norm: BatchNorm2D
    let bottleneck: ConvNorm2D
    let conv: Conv2D

    init(_ name: String, inputs: Int, growth: Int) {
      let width = 4 * growth
      norm = BatchNorm2D("\(name).norm1", channels: inputs)
      bottleneck = ConvNorm2D(
        conv: DenseNet.convolution("\(name).conv1", inputs: inputs, outputs: width, kernel: 1),
        norm: BatchNorm2D("\(name).norm2", channels: width))
      conv = DenseNet.convolution("\(name).conv2", inputs: width, outputs: growth, kernel: 3)
    }

    var tensors: [TensorSpec] { norm.tensors + bottleneck.tensors + conv.tensors }

    func callAsFunction(_ maps: inout JoinedChannels, _ pass: Pass) throws -> Tensor {
      try conv(bottleneck(norm(&maps, relu: true, pass), pass), pass)
    }
  }
}

/// Half the channels at half the size.
private struct DenseTransition: Sendable {
  let name: String
  private let norm: BatchNorm2D
  private let conv: Conv2D

  init(_ name: String, inputs: Int) {
    self.name = name
    norm = BatchNorm2D("\(name).norm", channels: inputs)
    conv = DenseNet.convolution("\(name).conv", inputs: inputs, outputs: inputs / 2, kernel: 1)
  }

  var tensors: [TensorSpec] { norm.tensors + conv.tensors }

  func callAsFunction(_ maps: inout JoinedChannels, _ pass: Pass) throws -> Tensor {
    // A 1x1 convolution and a mean over pixels may change places; this way it has a quarter of the work.
    let result = try conv(averagePool2d(norm(&maps, relu: true, pass), kernel: 2), pass)
    pass.capture(name, result)
    return result
  }
}
