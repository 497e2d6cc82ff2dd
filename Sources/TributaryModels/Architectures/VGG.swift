internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

/// VGG (Simonyan and Zisserman 2015, arXiv:1409.1556) with torchvision's names, with and without batch norm:
/// 132,863,336 parameters with 11 layers and 1,000 classes, 138,357,544 with 16.
///
/// Images of at least 32x32 pixels; the last map is averaged to 7x7. Settings: `"hidden"` (4,096), the width of
/// the classifier's inner layers, and `"dropout"` (0.5) between them.
struct VGG: Model {
  static let registrations = [11, 16].flatMap { depth in
    [false, true].map { hasNorm in
      Architecture(
        name: "vgg\(depth)\(hasNorm ? "_bn" : "")", headWeight: "classifier.6.weight",
        firstConvolution: "features.0.weight",
        image: { .standard(.imageNet, channels: 3, side: 224, request: $0) },
        dialects: [timm], settings: { hidden($0("classifier.0.weight")) },
        make: { try VGG($0, depth: depth, hasNorm: hasNorm) })
    }
  }

  /// timm's, whose inner layers are convolutions.
  private static let timm = CheckpointDialect(mark: "pre_logits.fc1.weight") { name in
    var path = NamePath(name)
    if path.take("pre_logits.fc1.") { return "classifier.0.\(path.rest)" }
    if path.take("pre_logits.fc2.") { return "classifier.3.\(path.rest)" }
    return path.take("head.fc.") ? "classifier.6.\(path.rest)" : name
  }

  /// The setting that the shape of the first inner layer tells; AlexNet's, too.
  static func hidden(_ shape: Shape?) -> [(String, JSON)] {
    guard let size = shape?.first, size != 4096 else { return [] }
    return [("hidden", .integer(size))]
  }

  let configuration: ModelConfiguration
  let tensors: [TensorSpec]
  let headTensorNames: Set<String>
  let layerNames: [String]
  let featureCount: Int
  private let stages: [[ConvNorm2D]]
  private let pool = MaxPool2D(kernel: 2)
  private let classifier: TwoLayerPerceptron
  private let dropout: Dropout
  private let head: Linear

  private init(_ configuration: ModelConfiguration, depth: Int, hasNorm: Bool) throws {
    let image = try configuration.requireImage(atLeast: 32)
    let settings = SettingsReader(configuration.settings)
    self.configuration = configuration
    var channels = image.channels
    var index = 0
    var layerNames: [String] = []
    let counts = depth == 11 ? [1, 1, 2, 2, 2] : [2, 2, 3, 3, 3]
    stages = zip([64, 128, 256, 512, 512], counts).map { outputs, count in
      let stage = (0..<count).map { _ in
        let layer = ConvNorm2D(
          conv: Conv2D(
            "features.\(index)", inputs: channels, outputs: outputs, kernel: 3, padding: 1,
            initializer: .kaimingNormal(fan: 9 * outputs)),
          norm: hasNorm ? BatchNorm2D("features.\(index + 1)", channels: outputs) : nil)
        channels = outputs
        index += hasNorm ? 3 : 2
        return layer
      }
      layerNames.append("features.\(index)")
      index += 1
      return stage
    }
    self.layerNames = layerNames
    featureCount = try settings.size("hidden", default: 4096)
    let probability = try settings.probability("dropout") ?? 0.5
    let normal = Initializer.normal(standardDeviation: 0.01)
    classifier = TwoLayerPerceptron(
      "classifier.0", "classifier.3", inputs: 512 * 49, outputs: featureCount,
      dropout: Dropout("classifier.2", probability: probability, guarding: "classifier.3.weight"),
      initializer: normal)
    head = Linear(
      "classifier.6", inputs: featureCount, outputs: configuration.classes, initializer: normal)
    dropout = Dropout("classifier.5", probability: probability, guarding: head.weight)
    tensors = stages.joined().flatMap(\.tensors) + classifier.tensors + head.tensors
    headTensorNames = Set(head.tensors.map(\.name))
  }

  func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try images(input)
    for (name, stage) in zip(layerNames, stages) {
      x = try pass.checkpointed(x) { x, pass in
        pool(try stage.reduce(x) { try $1($0, pass) })
      }
      pass.capture(name, x)
    }
    return try classifier(adaptiveAveragePool2d(x, height: 7, width: 7).flattened(from: 1), pass)
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try head(dropout(features, pass), pass)
  }
}
