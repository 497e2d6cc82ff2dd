internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// The FedAvg paper's convolutional network (McMahan et al. 2017, arXiv:1602.05629): 5x5 convolutions
/// with 32 and 64 channels, each with ReLU and 2x2 max pooling, then 512 units with ReLU. Sizes are kept
/// by padding. 1,663,370 parameters for 28x28 grey images and 10 classes.
public struct FedAvgCNN: Model {
  static let registration = Architecture(
    name: "fedavg-cnn", headWeight: "fc2.weight", firstConvolution: "conv1.weight",
    image: { .standard(.unit, channels: 1, side: 28, request: $0) },
    make: FedAvgCNN.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount = 512
  public let layerNames = ["conv1", "conv2", "fc1"]
  private let convolutions: HalvingConvolutions
  private let fc1: Linear
  private let fc2: Linear

  init(_ configuration: ModelConfiguration) throws {
    let image = try configuration.requireImage(atLeast: 4)
    self.configuration = configuration
    let pixels = (image.height / 4) * (image.width / 4)
    convolutions = HalvingConvolutions([
      ("conv1", Conv2D("conv1", inputs: image.channels, outputs: 32, kernel: 5, padding: 2)),
      ("conv2", Conv2D("conv2", inputs: 32, outputs: 64, kernel: 5, padding: 2)),
    ])
    fc1 = Linear("fc1", inputs: 64 * pixels, outputs: featureCount)
    fc2 = Linear("fc2", inputs: featureCount, outputs: configuration.classes)
    tensors = convolutions.tensors + fc1.tensors + fc2.tensors
    headTensorNames = Set(fc2.tensors.map(\.name))
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let x = try fc1(convolutions(images(input), pass), pass)
    pass.capture("fc1", x)
    return x.relu()
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor { try fc2(features, pass) }
}
