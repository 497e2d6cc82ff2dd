internal import TributaryCore
internal import TributaryTensor

/// Prefix tuning (Li & Liang 2021, arXiv:2101.00190) without a network behind it, as P-tuning v2 has it (Liu et al.
/// 2022, arXiv:2110.07602): learned keys and values that every layer's attention sees in front of a text's own.
///
/// One tensor `[count, layers * 2 * size]`, called `prompt_embeddings` and laid out as in Hugging Face's PEFT: layer
/// by layer the keys of all heads, then the values.
public struct KeyValuePrefix: Sendable, Equatable {
  public let tensor: TensorSpec
  /// Which layer it is, by the matrix that gives its keys.
  private let layers: [String: Int]
  private let size: Int

  /// - Parameter keys: each layer's matrix that gives the keys; no two the same.
  public init(count: Int, keys: [String], size: Int, initializer: Initializer) {
    layers = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
    self.size = size
    tensor = TensorSpec(
      "prompt_embeddings", [count, keys.count * 2 * size], initializer: initializer)
  }

  public var count: Int { tensor.shape[0] }

  /// A layer's `keys` and `values` `[batch, heads, length, width]` behind the prefix's.
  func extend(
    _ layer: String, keys: Tensor, values: Tensor, _ pass: Pass
  ) throws -> (keys: Tensor, values: Tensor) {
    guard let index = layers[layer] else { return (keys, values) }
    let own = try pass(tensor.name)
    let (batch, heads, width) = (keys.shape[0], keys.shape[1], keys.shape[3])
    func part(_ place: Int, before text: Tensor) -> Tensor {
      let prefix = own.sliced(axis: 1, place * size..<(place + 1) * size)
        .reshaped([1, count, heads, width]).permuted([0, 2, 1, 3])
        .broadcast(to: [batch, heads, count, width])
      return .concatenated([prefix, text], axis: 2)
    }
    return (part(2 * index, before: keys), part(2 * index + 1, before: values))
  }
}
