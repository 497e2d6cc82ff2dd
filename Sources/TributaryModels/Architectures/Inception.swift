internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// Inception-v3 (Szegedy et al. 2016, arXiv:1512.00567) with torchvision's names, which timm shares: 23,834,568
/// parameters for 1,000 classes, the auxiliary classifier not counted. Images of at least 75x75 pixels; 299x299
/// is usual.
///
/// It expects pixels normalised to -1...1 (mean and standard deviation 0.5), which is what torchvision's
/// `transform_input` makes of ImageNet's normalisation. The auxiliary classifier (`AuxLogits`) is carried along
/// as it came, so that checkpoints keep their tensors; training uses the main classifier alone.
public struct Inception: Model {
  static let registration = Architecture(
    name: "inception_v3", headWeight: "fc.weight",
    firstConvolution: "Conv2d_1a_3x3.conv.weight",
    image: { .standard(.half, channels: 3, side: 299, request: $0) },
    make: Inception.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let optionalTensorNames: Set<String>
  public let layerNames: [String]
  public let featureCount = 2048
  private let stem: [ConvNorm2D]
  private let pool = MaxPool2D(kernel: 3, stride: 2)
  private let blocks: [InceptionBlock]
  private let dropout: Dropout
  private let fc: Linear

  private init(_ configuration: ModelConfiguration) throws {
    let image = try configuration.requireImage()
    try Self.require(image)
    self.configuration = configuration
    stem = [
      Self.unit("Conv2d_1a_3x3", image.channels, 32, (3, 3), stride: 2),
      Self.unit("Conv2d_2a_3x3", 32, 32, (3, 3)),
      Self.unit("Conv2d_2b_3x3", 32, 64, (3, 3), padding: (1, 1)),
      Self.unit("Conv2d_3b_1x1", 64, 80, (1, 1)),
      Self.unit("Conv2d_4a_3x3", 80, 192, (3, 3)),
    ]
    blocks = [
      .a("Mixed_5b", inputs: 192, pooled: 32), .a("Mixed_5c", inputs: 256, pooled: 64),
      .a("Mixed_5d", inputs: 288, pooled: 64), .b("Mixed_6a", inputs: 288),
      .c("Mixed_6b", inputs: 768, width: 128), .c("Mixed_6c", inputs: 768, width: 160),
      .c("Mixed_6d", inputs: 768, width: 160), .c("Mixed_6e", inputs: 768, width: 192),
      .d("Mixed_7a", inputs: 768), .e("Mixed_7b", inputs: 1280), .e("Mixed_7c", inputs: 2048),
    ]
    fc = Linear("fc", inputs: featureCount, outputs: configuration.classes)
    dropout = Dropout(
      "dropout",
      probability: try SettingsReader(configuration.settings).probability("dropout") ?? 0.5,
      guarding: fc.weight)
    let auxiliary = Self.auxiliary(classes: configuration.classes)
    tensors =
      stem.flatMap(\.tensors) + blocks.flatMap(\.tensors) + auxiliary + fc.tensors
    headTensorNames = Set(fc.tensors.map(\.name))
    optionalTensorNames = Set(auxiliary.map(\.name))
    layerNames = blocks.map(\.name)
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try images(input)
    for (index, unit) in stem.enumerated() {
      x = try unit(x, pass)
      if index == 2 || index == 4 { x = pool(x) }
    }
    for block in blocks { x = try pass.checkpointed(x, block.callAsFunction) }
    return globalAveragePool(x)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try fc(dropout(features, pass), pass)
  }

  /// A convolution without bias, a batch norm and a ReLU: torchvision's `BasicConv2d`.
  static func unit(
    _ name: String, _ inputs: Int, _ outputs: Int, _ kernel: (Int, Int), stride: Int = 1,
    padding: (Int, Int) = (0, 0)
  ) -> ConvNorm2D {
    ConvNorm2D(
      conv: Conv2D(
        "\(name).conv", inputs: inputs, outputs: outputs, kernel: kernel, stride: stride,
        padding: padding, bias: false, initializer: .normal(standardDeviation: 0.1)),
      norm: BatchNorm2D("\(name).bn", channels: outputs, epsilon: 1e-3))
  }

  private static func auxiliary(classes: Int) -> [TensorSpec] {
    let tensors =
      unit("AuxLogits.conv0", 768, 128, (1, 1)).tensors
      + unit("AuxLogits.conv1", 128, 768, (5, 5)).tensors
      + Linear("AuxLogits.fc", inputs: 768, outputs: classes).tensors
    return tensors.map {
      TensorSpec($0.name, $0.shape, role: .buffer, initializer: $0.initializer)
    }
  }

  private static func require(_ image: ImageConfiguration) throws {
    guard image.height >= 75, image.width >= 75 else {
      throw TributaryError(
        "model.configuration",
        "inception_v3 needs images of at least 75x75 pixels, not \(image.height)x\(image.width)",
        advice: "set data.image.size")
    }
  }
}
