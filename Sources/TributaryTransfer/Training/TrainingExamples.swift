internal import TributaryCore
internal import TributaryData
internal import TributaryModels
internal import TributaryNN
public import TributaryTensor

/// One client's examples, as an index list into a source that many clients may share.
public struct TrainingExamples: Sendable {
  public let source: ExampleSource
  /// The client's examples, in its shard's order.
  public let indices: [Int]
  /// `[count, featureCount]`, where they were computed before.
  let features: Tensor?

  /// Every step runs the whole model.
  public init(_ source: ExampleSource, indices: [Int]? = nil) {
    self.init(source: source, indices: indices ?? Array(0..<source.count), features: nil)
  }

  private init(source: ExampleSource, indices: [Int], features: Tensor?) {
    self.source = source
    self.indices = indices
    self.features = features
  }

  public var count: Int { indices.count }

  /// The same examples with `features` `[count, featureCount]` computed before: every step runs the
  /// classifier alone.
  public func with(features: Tensor) -> TrainingExamples {
    precondition(features.shape[0] == count, "one row of features an example")
    return TrainingExamples(source: source, indices: indices, features: features)
  }

  /// One epoch's batches, as positions in this client's order.
  ///
  /// - Parameter grouped: whether texts of like length come together, where the model reads them at all.
  func batches(of size: Int, grouped: Bool, key: RandomKey) -> BatchOrder {
    if grouped, features == nil, let lengths = source.lengths(indices) {
      return BatchOrder(lengths: lengths, batchSize: size, key: key)
    }
    return BatchOrder(count: count, batchSize: size, key: key)
  }

  /// The examples at `positions` in this client's order.
  func batch(_ positions: [Int]) -> TrainingBatch {
    let examples = positions.map { indices[$0] }
    guard let features else {
      let (input, labels) = source.batch(examples)
      return TrainingBatch(input: .examples(input), labels: labels)
    }
    let rows = Tensor(positions.map(Int32.init), shape: [positions.count])
    return TrainingBatch(
      input: .features(embedding(features, ids: rows)), labels: source.labels(examples))
  }
}
