internal import TributaryCore
internal import TributaryTensor

/// What the attention layers of a causal model keep of the tokens that they have seen, so that the next token
/// costs one position and not all.
///
/// Belongs to one batch and one thread. Tensors are kept without history: for inference only.
public final class KeyValueCache {
  private var layers: [String: (keys: Tensor, values: Tensor)] = [:]

  public init() {}

  /// How many tokens are kept; meaningful between passes.
  public var length: Int { layers.values.first?.keys.shape[2] ?? 0 }

  /// All keys and values of a layer, `keys` and `values` `[B, H, T, D]` behind the earlier ones.
  func extend(
    _ layer: String, keys: Tensor, values: Tensor
  ) -> (keys: Tensor, values: Tensor) {
    var all = (keys: keys.detached, values: values.detached)
    if let earlier = layers[layer] {
      all.keys = Tensor.concatenated([earlier.keys, all.keys], axis: 2)
      all.values = Tensor.concatenated([earlier.values, all.values], axis: 2)
    }
    layers[layer] = all
    return all
  }
}
