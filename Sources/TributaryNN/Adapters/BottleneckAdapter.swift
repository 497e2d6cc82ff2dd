internal import TributaryCore
public import TributaryTensor

/// A bottleneck adapter behind a layer (Houlsby et al. 2019, arXiv:1902.00751): with y the layer's result,
/// `y + U gelu(D y + d) + u`, D `[size, outputs]`, U `[outputs, size]`.
///
/// Its tensors are `LAYER.adapter_down.weight`, `.bias`, `LAYER.adapter_up.weight`, `.bias`. U and both biases begin
/// at zero, so that the layer begins as it was.
public struct BottleneckAdapter: LayerAdapter, Equatable {
  public let tensors: [TensorSpec]

  /// - Parameter weight: the matrix of a linear layer, whichever way round.
  public init(beside weight: TensorSpec, size: Int) {
    let name = weight.layerName
    let outputs = weight.widths.outputs
    tensors = [
      TensorSpec(
        "\(name).adapter_down.weight", [size, outputs],
        initializer: .kaimingUniform(fanIn: outputs)),
      TensorSpec("\(name).adapter_down.bias", [size], initializer: .zeros),
      TensorSpec("\(name).adapter_up.weight", [outputs, size], initializer: .zeros),
      TensorSpec("\(name).adapter_up.bias", [outputs], initializer: .zeros),
    ]
  }

  public func callAsFunction(
    _ x: Tensor, of layer: AdaptedLayer, _ pass: Pass
  ) throws -> Tensor {
    let y = layer(x)
    let own = try tensors.map { try pass($0.name) }
    return y + linear(linearGelu(y, weight: own[0], bias: own[1]), weight: own[2], bias: own[3])
  }

  /// None: what is not linear has no place in a matrix.
  public func merged(
    into layer: AdaptedLayer, tensor: (String) throws -> Tensor
  ) throws -> AdaptedLayer? { nil }
}
