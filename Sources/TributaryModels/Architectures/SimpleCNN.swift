internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// The small network of the non-IID benchmark (Li et al. 2022, arXiv:2102.02079): 5x5 convolutions with 6 and
/// 16 channels, each with ReLU and 2x2 max pooling, then 120 and 84 units with ReLU. 62,006 parameters for
/// 32x32 colour images and 10 classes.
public struct SimpleCNN: Model {
  static let registration = Architecture(
    name: "simple-cnn", headWeight: "fc3.weight", firstConvolution: "conv1.weight",
    image: { .standard(.imageNet, channels: 3, side: 32, request: $0) },
    make: SimpleCNN.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount = 84
  public let layerNames = ["conv1", "conv2", "fc1", "fc2"]
  private let convolutions: HalvingConvolutions
  private let fc1: Linear
  private let fc2: Linear
  private let fc3: Linear

  init(_ configuration: ModelConfiguration) throws {
    let image = try configuration.requireImage(atLeast: 16)
    self.configuration = configuration
    // Without padding a convolution takes four pixels off, and pooling halves.
    let (height, width) = (((image.height - 4) / 2 - 4) / 2, ((image.width - 4) / 2 - 4) / 2)
    convolutions = HalvingConvolutions([
      ("conv1", Conv2D("conv1", inputs: image.channels, outputs: 6, kernel: 5)),
      ("conv2", Conv2D("conv2", inputs: 6, outputs: 16, kernel: 5)),
    ])
    fc1 = Linear("fc1", inputs: 16 * height * width, outputs: 120)
    fc2 = Linear("fc2", inputs: 120, outputs: featureCount)
    fc3 = Linear("fc3", inputs: featureCount, outputs: configuration.classes)
    tensors = convolutions.tensors + fc1.tensors + fc2.tensors + fc3.tensors
    headTensorNames = Set(fc3.tensors.map(\.name))
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try convolutions(images(input), pass)
    for (name, layer) in zip(layerNames.dropFirst(2), [fc1, fc2]) {
      x = try layer.relu(x, capturing: name, pass)
    }
    return x
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor { try fc3(features, pass) }
}
