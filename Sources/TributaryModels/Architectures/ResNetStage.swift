internal import TributaryNN
internal import TributaryTensor

/// The blocks between two changes of size: `[B, inputs, H, W]` -> `[B, outputs, H/stride, W/stride]`.
struct ResNetStage: Sendable {
  let layerNames: [String]
  private let blocks: [ResNetBlock]

  init(
    _ name: String, inputs: Int, planes: Int, outputs: Int, groups: Int, blocks count: Int,
    stride: Int, hasBottlenecks: Bool
  ) {
    blocks = (0..<count).map { index in
      ResNetBlock(
        "\(name).\(index)", inputs: index == 0 ? inputs : outputs, planes: planes,
        outputs: outputs, groups: groups, stride: index == 0 ? stride : 1,
        isBottleneck: hasBottlenecks)
    }
    layerNames = blocks.map(\.name) + [name]
  }

  var tensors: [TensorSpec] { blocks.flatMap(\.tensors) }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    var x = x
    for block in blocks { x = try pass.checkpointed(x, block.callAsFunction) }
    pass.capture(layerNames[blocks.count], x)
    return x
  }
}

/// Convolutions around a shortcut, which is a 1x1 convolution where channels or size change: two of 3x3, or,
/// in a bottleneck, 1x1, 3x3 (in groups) and 1x1.
private struct ResNetBlock: Sendable {
  let name: String
  private let inner: [ConvNorm2D]
  private let last: ConvNorm2D
  private let downsample: ConvNorm2D?

  init(
    _ name: String, inputs: Int, planes: Int, outputs: Int, groups: Int, stride: Int,
    isBottleneck: Bool
  ) {
    self.name = name
    func layer(
      _ index: Int, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1
    ) -> ConvNorm2D {
      ConvNorm2D(
        conv: ResNet.convolution(
          "\(name).conv\(index)", inputs: inputs, outputs: outputs, kernel: kernel, stride: stride,
          groups: groups),
        norm: BatchNorm2D("\(name).bn\(index)", channels: outputs))
    }
    if !isBottleneck {
      inner = [layer(1, inputs, planes, kernel: 3, stride: stride)]
      last = layer(2, planes, planes, kernel: 3)
    } else {
      inner = [
        layer(1, inputs, planes, kernel: 1),
        layer(2, planes, planes, kernel: 3, stride: stride, groups: groups),
      ]
      last = layer(3, planes, outputs, kernel: 1)
    }
    downsample =
      inputs == outputs && stride == 1
      ? nil
      : ConvNorm2D(
        conv: ResNet.convolution(
          "\(name).downsample.0", inputs: inputs, outputs: outputs, kernel: 1, stride: stride),
        norm: BatchNorm2D("\(name).downsample.1", channels: outputs), activation: .identity)
  }

  var tensors: [TensorSpec] {
    inner.flatMap(\.tensors) + last.tensors + (downsample?.tensors ?? [])
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    var y = x
    for layer in inner { y = try layer(y, pass) }
    let result = try last(y, adding: downsample?(x, pass) ?? x, pass)
    pass.capture(name, result)
    return result
  }
}
