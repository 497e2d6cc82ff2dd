internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// The residual networks for CIFAR (He et al. 2016, arXiv:1512.03385, section 4.2), named as in
/// akamaster/pytorch_resnet_cifar10: 6n + 2 layers with 16, 32 and 64 channels and shortcuts without
/// weights (option A). 269,722 parameters with 20 layers, 853,018 with 56. `-gn`: with group norms of two
/// groups (`gn1` for `bn1`), whose statistics clients with unlike data need not share.
///
/// Any image size and number of channels will do.
public struct CifarResNet: Model {
  static let registrations =
    [8, 20, 32, 56].map { registration(depth: $0, norm: .batch) } + [
      registration(depth: 20, norm: .group)
    ]

  private static func registration(depth: Int, norm: CifarResNetUnit.Norm) -> Architecture {
    Architecture(
      name: "cifar-resnet\(depth)" + (norm == .group ? "-gn" : ""), headWeight: "linear.weight",
      firstConvolution: "conv1.weight",
      image: { .standard(.imageNet, channels: 3, side: 32, request: $0) },
      make: { try CifarResNet($0, blocks: (depth - 2) / 6, norm: norm) })
  }

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount = 64
  public let layerNames: [String]
  private let stem: CifarResNetUnit
  private let stages: [[Block]]
  private let linear: Linear

  private init(
    _ configuration: ModelConfiguration, blocks count: Int, norm: CifarResNetUnit.Norm
  ) throws {
    let image = try configuration.requireImage()
    self.configuration = configuration
    stem = CifarResNetUnit("", index: 1, inputs: image.channels, outputs: 16, norm: norm)
    stages = [16, 32, 64].enumerated().map { layer, channels in
      (0..<count).map { index in
        let isWider = layer > 0 && index == 0
        return Block(
          "layer\(layer + 1).\(index)", inputs: isWider ? channels / 2 : channels,
          outputs: channels, norm: norm)
      }
    }
    linear = Linear(
      "linear", inputs: featureCount, outputs: configuration.classes,
      initializer: .kaimingNormal(fan: featureCount))
    tensors = stem.tensors + stages.joined().flatMap(\.tensors) + linear.tensors
    headTensorNames = Set(linear.tensors.map(\.name))
    layerNames = stages.enumerated().flatMap { index, stage in
      stage.map(\.name) + ["layer\(index + 1)"]
    }
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    var x = try stem(images(input), pass)
    for (index, stage) in stages.enumerated() {
      for block in stage { x = try pass.checkpointed(x, block.callAsFunction) }
      pass.capture("layer\(index + 1)", x)
    }
    return globalAveragePool(x)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try linear(features, pass)
  }

  /// Two 3x3 convolutions around a shortcut. A block that doubles the channels halves the image; its
  /// shortcut takes every other pixel and pads the channels with zeros on both sides.
  private struct Block: Sendable {
    let name: String
    private let first: CifarResNetUnit
    private let second: CifarResNetUnit
    private let addedChannels: Int

    init(_ name: String, inputs: Int, outputs: Int, norm: CifarResNetUnit.Norm) {
      self.name = name
      addedChannels = outputs - inputs
      first = CifarResNetUnit(
        "\(name).", index: 1, inputs: inputs, outputs: outputs, stride: inputs == outputs ? 1 : 2,
        norm: norm)
      second = CifarResNetUnit("\(name).", index: 2, inputs: outputs, outputs: outputs, norm: norm)
    }

    var tensors: [TensorSpec] { first.tensors + second.tensors }

    func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
      let result = try second(first(x, pass), adding: shortcut(x), pass)
      pass.capture(name, result)
      return result
    }

    private func shortcut(_ x: Tensor) -> Tensor {
      guard addedChannels > 0 else { return x }
      return
        x
        .sliced(axis: 2, from: 0, to: x.shape[2], by: 2)
        .sliced(axis: 3, from: 0, to: x.shape[3], by: 2)
        .padded(axis: 1, before: addedChannels / 2, after: addedChannels / 2)
    }
  }
}
