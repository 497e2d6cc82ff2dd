internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

/// AlexNet as torchvision has it (Krizhevsky 2014, arXiv:1404.5997): 61,100,840 parameters for 1,000 classes.
///
/// Images of at least 63x63 pixels; the last map is averaged to 6x6. Settings as VGG's.
struct AlexNet: Model {
  static let registration = Architecture(
    name: "alexnet", headWeight: "classifier.6.weight", firstConvolution: "features.0.weight",
    image: { .standard(.imageNet, channels: 3, side: 224, request: $0) },
    settings: { VGG.hidden($0("classifier.1.weight")) }, make: AlexNet.init)

  let configuration: ModelConfiguration
  let tensors: [TensorSpec]
  let headTensorNames: Set<String>
  let layerNames = ["features.2", "features.5", "features.7", "features.9", "features.12"]
  let featureCount: Int
  private let convolutions: [ConvNorm2D]
  private let pool = MaxPool2D(kernel: 3, stride: 2)
  private let firstDropout: Dropout
  private let classifier: TwoLayerPerceptron
  private let head: Linear

  init(_ configuration: ModelConfiguration) throws {
    let image = try configuration.requireImage(atLeast: 63)
    let settings = SettingsReader(configuration.settings)
    self.configuration = configuration
    convolutions = [
      Conv2D(
        "features.0", inputs: image.channels, outputs: 64, kernel: 11, stride: 4, padding: 2),
      Conv2D("features.3", inputs: 64, outputs: 192, kernel: 5, padding: 2),
      Conv2D("features.6", inputs: 192, outputs: 384, kernel: 3, padding: 1),
      Conv2D("features.8", inputs: 384, outputs: 256, kernel: 3, padding: 1),
      Conv2D("features.10", inputs: 256, outputs: 256, kernel: 3, padding: 1),
    ].map { ConvNorm2D(conv: $0, norm: nil) }
    featureCount = try settings.size("hidden", default: 4096)
    let probability = try settings.probability("dropout") ?? 0.5
    firstDropout = Dropout(
      "classifier.0", probability: probability, guarding: "classifier.1.weight")
    classifier = TwoLayerPerceptron(
      "classifier.1", "classifier.4", inputs: 256 * 36, outputs: featureCount,
      dropout: Dropout("classifier.3", probability: probability, guarding: "classifier.4.weight"))
    head = Linear("classifier.6", inputs: featureCount, outputs: configuration.classes)
    tensors = convolutions.flatMap(\.tensors) + classifier.tensors + head.tensors
    headTensorNames = Set(head.tensors.map(\.name))
  }

  func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try images(input)
    for (index, layer) in convolutions.enumerated() {
      x = try layer(x, pass)
      if [0, 1, 4].contains(index) { x = pool(x) }
      pass.capture(layerNames[index], x)
    }
    let pooled = adaptiveAveragePool2d(x, height: 6, width: 6).flattened(from: 1)
    return try classifier(firstDropout(pooled, pass), pass)
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor { try head(features, pass) }
}
