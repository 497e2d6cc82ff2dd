internal import TributaryCore
public import TributaryTensor

/// Multi-head self-attention in which no token sees a later one (Radford et al. 2019), without residual.
///
/// Query, key and value come from one projection `[size, 3 * size]`; for each head
/// `softmax(q kᵀ / sqrt(size / heads)) v` over the tokens so far, then all heads through `output`.
/// x `[B, T, size]`, mask float `[B, T]` (1 attends, 0 is padding), result `[B, T, size]`. Where the pass has a
/// `KeyValuePrefix`, the mask begins with its P places: `[B, P + T]`.
public struct CausalSelfAttention: Sendable {
  public let projection: TransposedLinear
  public let output: TransposedLinear
  private let heads: Int
  private let size: Int
  private let dropout: Dropout

  /// - Parameters:
  ///   - dropout: of the attention weights; its `name` addresses the randomness.
  ///   - outputInitializer: of the projection behind the heads; nil: `initializer`.
  public init(
    projection: String, output: String, size: Int, heads: Int, dropout: Dropout,
    initializer: Initializer, outputInitializer: Initializer? = nil
  ) {
    precondition(size % heads == 0, "heads must divide the size")
    self.projection = TransposedLinear(
      projection, inputs: size, outputs: 3 * size, initializer: initializer)
    self.output = TransposedLinear(
      output, inputs: size, outputs: size, initializer: outputInitializer ?? initializer)
    self.heads = heads
    self.size = size
    self.dropout = dropout
  }

  public var tensors: [TensorSpec] { projection.tensors + output.tensors }

  /// - Parameters:
  ///   - mask: nil where nothing is padding; must be nil with a cache.
  ///   - cache: where given, x follows the tokens in it and is added to it.
  public func callAsFunction(
    _ x: Tensor, mask: Tensor?, cache: KeyValueCache? = nil, _ pass: Pass
  ) throws -> Tensor {
    precondition(cache == nil || mask == nil, "a cache holds no padding")
    let projected = try projection(x, pass)
    func part(_ index: Int) -> Tensor {
      projected.sliced(axis: 2, (index * size)..<((index + 1) * size))
        .reshaped([x.shape[0], x.shape[1], heads, size / heads]).permuted([0, 2, 1, 3])
    }
    var (keys, values) = (part(1), part(2))
    if cache == nil, let prefix = pass.adapters?.prefix {
      (keys, values) = try prefix.extend(projection.weight, keys: keys, values: values, pass)
    }
    if let cache { (keys, values) = cache.extend(projection.weight, keys: keys, values: values) }
    let isDropping = dropout.isActive(in: pass)
    let context = attention(
      query: part(0), key: keys, value: values, mask: mask,
      dropout: isDropping ? dropout.probability : 0,
      randomKey: isDropping ? pass.key.at(dropout.name) : nil, isCausal: true)
    return try output(context.permuted([0, 2, 1, 3]).reshaped(x.shape), pass)
  }
}
