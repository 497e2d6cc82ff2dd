internal import TributaryCore
public import TributaryTensor

/// Multi-head self-attention (Vaswani et al. 2017, arXiv:1706.03762), without residual.
///
/// For each head `softmax(q kᵀ / sqrt(size / heads)) v`, then all heads through `output`.
/// x `[B, T, size]`, mask float `[B, T]` (1 attends, 0 is padding), result `[B, T, size]`; where only some
/// tokens' results are wanted, `queries` `[B, Q, size]` are those tokens, result `[B, Q, size]`. Where the pass has a
/// `KeyValuePrefix`, the mask begins with its P places: `[B, P + T]`.
public struct MultiHeadAttention: Sendable {
  public let query: Linear
  public let key: Linear
  public let value: Linear
  public let output: Linear
  private let heads: Int
  private let size: Int
  private let dropout: Dropout

  /// - Parameters:
  ///   - dropout: of the attention weights; its `name` addresses the randomness.
  public init(
    query: String, key: String, value: String, output: String, size: Int, heads: Int,
    dropout: Dropout, initializer: Initializer? = nil
  ) {
    precondition(size % heads == 0, "heads must divide the size")
    func projection(_ name: String) -> Linear {
      Linear(name, inputs: size, outputs: size, initializer: initializer)
    }
    self.query = projection(query)
    self.key = projection(key)
    self.value = projection(value)
    self.output = projection(output)
    self.heads = heads
    self.size = size
    self.dropout = dropout
  }

  public var tensors: [TensorSpec] {
    query.tensors + key.tensors + value.tensors + output.tensors
  }

  public func callAsFunction(
    _ x: Tensor, queries: Tensor? = nil, mask: Tensor?, _ pass: Pass
  ) throws -> Tensor {
    let queries = queries ?? x
    func projected(_ x: Tensor, _ layer: Linear) throws -> Tensor {
      try layer(x, pass).reshaped([x.shape[0], x.shape[1], heads, size / heads])
        .permuted([0, 2, 1, 3])
    }
    let query = try projected(queries, query)
    var (keys, values) = (try projected(x, key), try projected(x, value))
    if let prefix = pass.adapters?.prefix {
      (keys, values) = try prefix.extend(key.weight, keys: keys, values: values, pass)
    }
    let isDropping = dropout.isActive(in: pass)
    let context = attention(
      query: query, key: keys, value: values, mask: mask,
      dropout: isDropping ? dropout.probability : 0,
      randomKey: isDropping ? pass.key.at(dropout.name) : nil)
    return try output(context.permuted([0, 2, 1, 3]).reshaped(queries.shape), pass)
  }
}
