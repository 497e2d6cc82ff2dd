internal import TributaryCore
public import TributaryTensor

/// What the layers of a causal model keep of the tokens that they have seen, so that the next token costs one
/// position and not all: attention its keys and values, a recurrent layer its states.
///
/// Belongs to one batch and one thread. Tensors are kept without history: for inference only.
public final class KeyValueCache {
  private var layers: [String: (keys: Tensor, values: Tensor)] = [:]
  private var states: [String: [RecurrentState]] = [:]

  public init() {}

  /// Of how many tokens keys are kept; meaningful between passes.
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

  /// A recurrent layer's states behind the earlier tokens; nil before the first.
  public func states(_ layer: String) -> [RecurrentState]? { states[layer] }

  /// Replaces the states of a recurrent layer.
  public func keep(_ layer: String, states new: [RecurrentState]) {
    states[layer] = new.map { RecurrentState(hidden: $0.hidden.detached, cell: $0.cell?.detached) }
  }
}
