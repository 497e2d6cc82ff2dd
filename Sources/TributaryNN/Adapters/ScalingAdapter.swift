internal import TributaryCore
public import TributaryTensor

/// IA3 (Liu et al. 2022, arXiv:2205.05638): a learned vector l multiplies a linear layer's outputs,
/// `l ⊙ (x Wᵀ + b)`, or its inputs, `(l ⊙ x) Wᵀ + b`.
///
/// Keys and values are multiplied as outputs, the feed-forward's hidden units as the next layer's inputs. Named and
/// shaped as in Hugging Face's PEFT: `LAYER.ia3_l`, `[outputs, 1]` or `[1, inputs]`; all ones at first.
public struct ScalingAdapter: LayerAdapter, Equatable {
  public let tensors: [TensorSpec]
  private let scalesInputs: Bool
  private var scale: String { tensors[0].name }

  /// - Parameter weight: the matrix of a linear layer, whichever way round.
  public init(beside weight: TensorSpec, scalesInputs: Bool) {
    let (inputs, outputs) = weight.widths
    self.scalesInputs = scalesInputs
    tensors = [
      TensorSpec(
        "\(weight.layerName).ia3_l", scalesInputs ? [1, inputs] : [outputs, 1], initializer: .ones)
    ]
  }

  public func callAsFunction(
    _ x: Tensor, of layer: AdaptedLayer, _ pass: Pass
  ) throws -> Tensor {
    let scale = try pass(scale).reshaped([-1])
    return scalesInputs ? layer(x * scale) : layer(x) * scale
  }

  public func merged(
    into layer: AdaptedLayer, tensor: (String) throws -> Tensor
  ) throws -> AdaptedLayer? {
    var layer = layer
    let scale = try tensor(scale)
    layer.weight = layer.weight * (layer.kind == .transposed ? scale.transposed() : scale)
    if !scalesInputs { layer.bias = layer.bias.map { $0 * scale.reshaped([-1]) } }
    return layer
  }
}
