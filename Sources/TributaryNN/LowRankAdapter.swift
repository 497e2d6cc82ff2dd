public import TributaryCore
public import TributaryTensor

/// A low-rank adapter beside a linear layer (Hu et al. 2021, arXiv:2106.09685): the layer gives
/// `x Wᵀ + b + scale (x Aᵀ) Bᵀ`, A `[rank, inputs]`, B `[outputs, rank]`, scale = alpha / rank.
///
/// Its tensors are named as Hugging Face's PEFT does: `LAYER.lora_A.weight`, `LAYER.lora_B.weight`. A begins
/// Kaiming uniform, B at zero, so that the adapted layer begins as the layer was.
public struct LowRankAdapter: Sendable, Equatable {
  /// The matrix W beside which it stands.
  public let weight: String
  public let a: String
  public let b: String

  /// - Parameter weight: `LAYER.weight`.
  public init(of weight: String) {
    self.weight = weight
    let layer = weight.hasSuffix(".weight") ? String(weight.dropLast(7)) : weight
    a = "\(layer).lora_A.weight"
    b = "\(layer).lora_B.weight"
  }

  /// A and B for W of `shape` `[outputs, inputs]`.
  public func tensors(rank: Int, shape: Shape) -> [TensorSpec] {
    [
      TensorSpec(a, [rank, shape[1]], initializer: .kaimingUniform(fanIn: shape[1])),
      TensorSpec(b, [shape[0], rank], initializer: .zeros),
    ]
  }

  public func isPresent(in pass: Pass) -> Bool {
    pass.adapterScale != nil && pass.find(a) != nil
  }

  /// The adapted layer's result; nil where `pass` has no such adapter.
  func callAsFunction(_ x: Tensor, weight: Tensor, bias: Tensor?, _ pass: Pass) -> Tensor? {
    guard let scale = pass.adapterScale, let a = pass.find(a), let b = pass.find(b) else {
      return nil
    }
    return lowRankLinear(x, weight: weight, bias: bias, a: a, b: b, scale: scale)
  }

  /// W + scale B A: a layer that does without the adapter.
  public func merged(_ weight: Tensor, a: Tensor, b: Tensor, scale: Float) -> Tensor {
    weight + matmul(b, a) * scale
  }
}
