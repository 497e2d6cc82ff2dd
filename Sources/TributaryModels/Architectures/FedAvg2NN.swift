internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// The FedAvg paper's multilayer perceptron (McMahan et al. 2017, arXiv:1602.05629): two hidden layers
/// of 200 units with ReLU. 199,210 parameters for 28x28 grey images and 10 classes.
public struct FedAvg2NN: Model {
  static let registration = Architecture(
    name: "fedavg-2nn", aliases: ["mlp"], headWeight: "fc3.weight",
    image: { .standard(.unit, channels: 1, side: 28, request: $0) },
    make: FedAvg2NN.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount = 200
  public let layerNames = ["fc1", "fc2"]
  private let fc1: Linear
  private let fc2: Linear
  private let fc3: Linear

  init(_ configuration: ModelConfiguration) throws {
    let image = try configuration.requireImage()
    self.configuration = configuration
    fc1 = Linear("fc1", inputs: image.shape.elementCount, outputs: featureCount)
    fc2 = Linear("fc2", inputs: featureCount, outputs: featureCount)
    fc3 = Linear("fc3", inputs: featureCount, outputs: configuration.classes)
    tensors = fc1.tensors + fc2.tensors + fc3.tensors
    headTensorNames = Set(fc3.tensors.map(\.name))
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try images(input).flattened(from: 1)
    for (name, layer) in zip(layerNames, [fc1, fc2]) {
      x = try layer.relu(x, capturing: name, pass)
    }
    return x
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor { try fc3(features, pass) }
}
