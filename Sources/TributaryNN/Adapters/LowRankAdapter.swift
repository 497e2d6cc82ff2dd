internal import TributaryCore
public import TributaryTensor

/// A low-rank adapter (Hu et al. 2021, arXiv:2106.09685): a linear layer gives `x Wᵀ + b + scale (x Aᵀ) Bᵀ`,
/// A `[rank, inputs]`, B `[outputs, rank]`, scale = alpha / rank.
///
/// A convolution of one group has A `[rank, inputs, height, width]` and B `[outputs, rank, 1, 1]`: a convolution to
/// `rank` channels and a 1x1 one behind it, computed as one of the kernel `W + scale B A`. Tensors are named as
/// Hugging Face's PEFT does: `LAYER.lora_A.weight`, `LAYER.lora_B.weight`. A begins Kaiming uniform, B at zero.
public struct LowRankAdapter: LayerAdapter, Equatable {
  public let tensors: [TensorSpec]
  private let scale: Float
  private var a: String { tensors[0].name }
  private var b: String { tensors[1].name }

  /// - Parameter weight: the layer's matrix, of any kind of layer.
  public init(beside weight: TensorSpec, rank: Int, scale: Float) {
    let name = weight.layerName
    let (inputs, outputs) = weight.widths
    let window = weight.shape.dimensions.dropFirst(2)
    tensors = [
      TensorSpec(
        "\(name).lora_A.weight", Shape([rank, inputs] + window),
        initializer: .kaimingUniform(fanIn: window.reduce(inputs, *))),
      TensorSpec(
        "\(name).lora_B.weight", Shape([outputs, rank] + window.map { _ in 1 }),
        initializer: .zeros),
    ]
    self.scale = scale
  }

  public func callAsFunction(
    _ x: Tensor, of layer: AdaptedLayer, _ pass: Pass
  ) throws -> Tensor {
    let (a, b) = (try pass(a), try pass(b))
    guard layer.kind == .transposed else {
      return lowRankLinear(x, weight: layer.weight, bias: layer.bias, a: a, b: b, scale: scale)
    }
    return layer(x) + linear(linear(x, weight: a) * scale, weight: b)
  }

  public func kernel(_ weight: Tensor, _ pass: Pass) throws -> Tensor {
    try weight + product(pass(a), pass(b), weight.shape)
  }

  public func merged(
    into layer: AdaptedLayer, tensor: (String) throws -> Tensor
  ) throws -> AdaptedLayer? {
    var layer = layer
    let product = try product(tensor(a), tensor(b), layer.weight.shape)
    layer.weight = layer.weight + (layer.kind == .transposed ? product.transposed() : product)
    return layer
  }

  /// scale B A as `[outputs, inputs]`, of a convolution in its kernel's `shape`.
  private func product(_ a: Tensor, _ b: Tensor, _ shape: Shape) -> Tensor {
    guard a.rank == 4 else { return matmul(b, a) * scale }
    return (matmul(b.reshaped([b.shape[0], b.shape[1]]), a.reshaped([a.shape[0], -1])) * scale)
      .reshaped(shape)
  }
}
