internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

/// SqueezeNet (Iandola et al. 2016, arXiv:1602.07360) with torchvision's names: 1,248,424 parameters in version
/// 1.0 and 1,235,496 in 1.1, for 1,000 classes. Setting: `"dropout"` (0.5) in front of the classifier.
///
/// The classifier scores each position by itself, `relu(w x + b)`, and averages the scores. Because of the relu
/// an average of the features would not do: the features are the whole last map, flattened.
struct SqueezeNet: Model {
  static let registrations = [
    registration("squeezenet1_0", kernel: 7, channels: 96, pools: [2, 6, 11]),
    registration("squeezenet1_1", kernel: 3, channels: 64, pools: [2, 5, 8]),
  ]

  private static func registration(
    _ name: String, kernel: Int, channels: Int, pools: Set<Int>
  ) -> Architecture {
    Architecture(
      name: name, headWeight: "classifier.1.weight", firstConvolution: "features.0.weight",
      image: { .standard(.imageNet, channels: 3, side: 224, request: $0) },
      dialects: [caffe],
      make: { try SqueezeNet($0, kernel: kernel, channels: channels, pools: pools) })
  }

  /// The authors' Caffe model: blue, green, red in 0...255 less their means, 227x227 pixels.
  private static let caffe = CheckpointDialect(
    mark: "fire2/conv1x1_1.weight",
    normalization: ImageRequest(
      height: 227, width: 227, mean: [123 / 255.0, 117 / 255.0, 104 / 255.0],
      standardDeviation: [1 / 255.0, 1 / 255.0, 1 / 255.0]), isBGR: true
  ) { name in
    var path = NamePath(name)
    if path.take("conv1.") { return "features.0.\(path.rest)" }
    if path.take("conv_final.") { return "classifier.1.\(path.rest)" }
    guard path.take("fire"), let fire = path.takeIndex() else { return name }
    // Two pools of version 1.0 stand between them.
    let layer = "features.\(fire + (fire < 5 ? 1 : fire < 9 ? 2 : 3))"
    if path.take("conv1x1_1.") { return "\(layer).squeeze.\(path.rest)" }
    if path.take("conv1x1_2.") { return "\(layer).expand1x1.\(path.rest)" }
    return path.take("conv3x3_2.") ? "\(layer).expand3x3.\(path.rest)" : name
  }

  let configuration: ModelConfiguration
  let tensors: [TensorSpec]
  let headTensorNames: Set<String>
  let layerNames: [String]
  let featureCount: Int
  private let stem: ConvNorm2D
  private let pool = MaxPool2D(kernel: 3, stride: 2, ceilMode: true)
  /// By torchvision's index from 2 on; nil: a pool.
  private let layers: [Fire?]
  private let dropout: Dropout
  private let head: Conv2D
  private let mapExtent: (height: Int, width: Int)

  private init(
    _ configuration: ModelConfiguration, kernel: Int, channels: Int, pools: Set<Int>
  ) throws {
    let image = try configuration.requireImage(atLeast: 32)
    self.configuration = configuration
    stem = ConvNorm2D(
      conv: Conv2D(
        "features.0", inputs: image.channels, outputs: channels, kernel: kernel, stride: 2,
        initializer: Self.initializer(fan: kernel * kernel * image.channels)), norm: nil)
    var inputs = channels
    var squeezed = [16, 16, 32, 32, 48, 48, 64, 64][...]
    layers = (2...12).map { index in
      guard !pools.contains(index), let planes = squeezed.popFirst() else { return nil }
      let fire = Fire("features.\(index)", inputs: inputs, squeezed: planes)
      inputs = fire.outputs
      return fire
    }
    layerNames = (2...12).map { "features.\($0)" }
    func extent(_ size: Int) -> Int {
      pools.reduce((size - kernel) / 2 + 1) { size, _ in (size - 2) / 2 + 1 }
    }
    mapExtent = (extent(image.height), extent(image.width))
    featureCount = inputs * mapExtent.height * mapExtent.width
    head = Conv2D(
      "classifier.1", inputs: inputs, outputs: configuration.classes, kernel: 1,
      initializer: .normal(standardDeviation: 0.01))
    dropout = Dropout(
      "classifier.0",
      probability: try SettingsReader(configuration.settings).probability("dropout") ?? 0.5,
      guarding: head.weight)
    tensors = stem.tensors + layers.flatMap { $0?.tensors ?? [] } + head.tensors
    headTensorNames = Set(head.tensors.map(\.name))
  }

  func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try stem(images(input), pass)
    for (name, layer) in zip(layerNames, layers) {
      x = try layer.map { try pass.checkpointed(x, $0.callAsFunction) } ?? pool(x)
      pass.capture(name, x)
    }
    return x.flattened(from: 1)
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    let map = try dropout(features, pass)
      .reshaped([features.shape[0], -1, mapExtent.height, mapExtent.width])
    return globalAveragePool(try head(map, pass).relu())
  }

  /// Uniform with variance 2 / fan in.
  fileprivate static func initializer(fan: Int) -> Initializer {
    .uniform(bound: Float((6 / Double(fan)).squareRoot()))
  }
}

/// Few channels, then many: 1x1 and 3x3 convolutions of a squeezed map, side by side.
private struct Fire: Sendable {
  let outputs: Int
  private let squeeze: ConvNorm2D
  private let expand1x1: ConvNorm2D
  private let expand3x3: ConvNorm2D

  init(_ name: String, inputs: Int, squeezed: Int) {
    func layer(_ part: String, _ inputs: Int, _ outputs: Int, kernel: Int = 1) -> ConvNorm2D {
      ConvNorm2D(
        conv: Conv2D(
          "\(name).\(part)", inputs: inputs, outputs: outputs, kernel: kernel, padding: kernel / 2,
          initializer: SqueezeNet.initializer(fan: kernel * kernel * inputs)), norm: nil)
    }
    outputs = squeezed * 8
    squeeze = layer("squeeze", inputs, squeezed)
    expand1x1 = layer("expand1x1", squeezed, squeezed * 4)
    expand3x3 = layer("expand3x3", squeezed, squeezed * 4, kernel: 3)
  }

  var tensors: [TensorSpec] { squeeze.tensors + expand1x1.tensors + expand3x3.tensors }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let inner = try squeeze(x, pass)
    return Tensor.concatenated([try expand1x1(inner, pass), try expand3x3(inner, pass)], axis: 1)
  }
}
