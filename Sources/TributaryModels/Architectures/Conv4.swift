internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// The network of few-shot learning (Vinyals et al. 2016, arXiv:1606.04080): four times a 3x3 convolution with 64
/// channels, batch norm, ReLU, and half the size; named as in torchmeta. 111,680 parameters but for the classifier's
/// with one channel.
///
/// `conv4` halves by 2x2 max pooling (matching and prototypical networks): images of at least 16 pixels, 64 features
/// of 28. `conv4-strided` by stride 2, whose last map is flattened (the code of Reptile and MAML for Omniglot): a
/// quarter of the work, 256 features of 28 pixels. Convolutions have no bias: the norm would take it out.
public struct Conv4: Model {
  static let registrations = [false, true].map { isStrided in
    Architecture(
      name: isStrided ? "conv4-strided" : "conv4", headWeight: "classifier.weight",
      firstConvolution: "features.layer1.conv.weight",
      image: { .standard(.unit, channels: 1, side: 28, request: $0) },
      make: { try Conv4($0, isStrided: isStrided) })
  }

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount: Int
  public let layerNames = (1...4).map { "features.layer\($0)" }
  private let blocks: [ConvNorm2D]
  private let pool: MaxPool2D?
  private let classifier: Linear

  private init(_ configuration: ModelConfiguration, isStrided: Bool) throws {
    let image = try configuration.requireImage(atLeast: isStrided ? 1 : 16)
    self.configuration = configuration
    blocks = layerNames.enumerated().map { index, name in
      ConvNorm2D(
        conv: Conv2D(
          "\(name).conv", inputs: index == 0 ? image.channels : Self.width, outputs: Self.width,
          kernel: 3, stride: isStrided ? 2 : 1, padding: 1, bias: false),
        norm: BatchNorm2D("\(name).norm", channels: Self.width))
    }
    pool = isStrided ? nil : MaxPool2D(kernel: 2)
    let extents = [image.height, image.width].map { isStrided ? ($0 + 15) / 16 : $0 / 16 }
    featureCount = Self.width * extents[0] * extents[1]
    classifier = Linear("classifier", inputs: featureCount, outputs: configuration.classes)
    tensors = blocks.flatMap(\.tensors) + classifier.tensors
    headTensorNames = Set(classifier.tensors.map(\.name))
  }

  private static let width = 64

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try images(input)
    for (name, block) in zip(layerNames, blocks) {
      x = try block(x, pass)
      if let pool { x = pool(x) }
      pass.capture(name, x)
    }
    return x.flattened(from: 1)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try classifier(features, pass)
  }
}
