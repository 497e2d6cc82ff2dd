internal import TributaryCore
public import TributaryTensor

/// Rows of a table: ids int32 `[...]`, table `[count, size]`, result `[..., size]`.
///
/// Initialised as torch (standard normal) unless told otherwise. Ids must lie in 0..<count.
public struct Embedding: Sendable {
  public let weight: String
  public let tensors: [TensorSpec]

  public init(
    _ name: String, count: Int, size: Int,
    initializer: Initializer = .normal(standardDeviation: 1)
  ) {
    weight = "\(name).weight"
    tensors = [TensorSpec(weight, [count, size], initializer: initializer)]
  }

  public func callAsFunction(_ ids: Tensor, _ pass: Pass) throws -> Tensor {
    embedding(try pass(weight), ids: ids)
  }

  /// The table's rows `range`, without a lookup: `[range.count, size]`.
  public func rows(_ range: Range<Int>, _ pass: Pass) throws -> Tensor {
    try pass(weight).sliced(axis: 0, range)
  }
}
