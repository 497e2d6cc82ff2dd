internal import TributaryCore
public import TributaryTensor

/// A learnable shift of what a layer gives, with a rate of its own: with y the layer's result, `y + exp(r) s`.
///
/// `s` is a domain's bias against what all domains share. Its gradient carries exp(r), and so does its effect: a step
/// moves the shift by exp(2 r) times the learning rate, and r, which moves with it, is the domain's own rate. Named
/// `LAYER.shift` `[outputs]` and `LAYER.shift_rate` `[1]`; zeros at first, so that the layer begins as it was.
public struct ShiftAdapter: LayerAdapter, Equatable {
  public let tensors: [TensorSpec]

  /// - Parameter weight: the matrix of a linear layer, whichever way round.
  public init(beside weight: TensorSpec) {
    tensors = [
      TensorSpec("\(weight.layerName).shift", [weight.widths.outputs], initializer: .zeros),
      TensorSpec("\(weight.layerName).shift_rate", [1], initializer: .zeros),
    ]
  }

  public func callAsFunction(
    _ x: Tensor, of layer: AdaptedLayer, _ pass: Pass
  ) throws -> Tensor {
    try layer(x) + shift { try pass($0) }
  }

  private func shift(_ tensor: (String) throws -> Tensor) throws -> Tensor {
    try tensor(tensors[0].name) * tensor(tensors[1].name).exp()
  }

  /// nil for a layer without a bias, which has no place for it.
  public func merged(
    into layer: AdaptedLayer, tensor: (String) throws -> Tensor
  ) throws -> AdaptedLayer? {
    guard let bias = layer.bias else { return nil }
    var layer = layer
    layer.bias = bias + (try shift(tensor))
    return layer
  }
}
