internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// LeNet (LeCun et al. 1998) in the widths that domain adaptation of digits uses (20, 50 and 500 units, as in Tzeng et
/// al. 2017, ADDA), with a batch norm behind each convolution, which AdaBN (Li et al. 2016) needs: 5x5 convolutions
/// without padding, each with norm, ReLU and 2x2 max pooling, then 500 units with ReLU.
/// 431,220 parameters for 28x28 grey images and 10 classes.
public struct LeNet: Model {
  static let registration = Architecture(
    name: "lenet-bn", headWeight: "fc2.weight", firstConvolution: "conv1.weight",
    image: { .standard(.unit, channels: 1, side: 28, request: $0) },
    make: LeNet.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount = 500
  public let layerNames = ["conv1", "conv2", "fc1"]
  private let convolutions: [(name: String, layer: Conv2D, norm: BatchNorm2D)]
  private let fc1: Linear
  private let fc2: Linear
  private let pool = MaxPool2D(kernel: 2)

  init(_ configuration: ModelConfiguration) throws {
    let image = try configuration.requireImage(atLeast: 16)
    self.configuration = configuration
    convolutions = [("conv1", image.channels, 20, "bn1"), ("conv2", 20, 50, "bn2")].map {
      (
        $0.0, Conv2D($0.0, inputs: $0.1, outputs: $0.2, kernel: 5),
        BatchNorm2D($0.3, channels: $0.2)
      )
    }
    func side(_ pixels: Int) -> Int { ((pixels - 4) / 2 - 4) / 2 }
    fc1 = Linear(
      "fc1", inputs: 50 * side(image.height) * side(image.width), outputs: featureCount)
    fc2 = Linear("fc2", inputs: featureCount, outputs: configuration.classes)
    tensors =
      convolutions.flatMap { $0.layer.tensors + $0.norm.tensors } + fc1.tensors + fc2.tensors
    headTensorNames = Set(fc2.tensors.map(\.name))
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try images(input)
    for (name, layer, norm) in convolutions {
      x = try layer(x, pass)
      pass.capture(name, x)
      x = pool(try norm(x, relu: true, pass))
    }
    return try fc1.relu(x.flattened(from: 1), capturing: "fc1", pass)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor { try fc2(features, pass) }
}
