internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// Multinomial logistic regression: one linear layer over the pixels. 7,850 parameters for 28x28 grey images
/// and 10 classes, as the federated benchmarks use it on MNIST (Caldas et al. 2018, arXiv:1812.01097).
public struct LogisticRegression: Model {
  static let registration = Architecture(
    name: "logistic-regression", headWeight: "linear.weight",
    image: { .standard(.unit, channels: 1, side: 28, request: $0) },
    make: LogisticRegression.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount: Int
  public let layerNames: [String] = []
  private let linear: Linear

  init(_ configuration: ModelConfiguration) throws {
    let image = try configuration.requireImage()
    self.configuration = configuration
    featureCount = image.shape.elementCount
    linear = Linear("linear", inputs: featureCount, outputs: configuration.classes)
    tensors = linear.tensors
    headTensorNames = Set(tensors.map(\.name))
  }

  /// The pixels themselves.
  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    try images(input).flattened(from: 1)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try linear(features, pass)
  }
}
