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

  /// Those at `positions`, with their features.
  func subset(_ positions: [Int]) -> TrainingExamples {
    let rows = Tensor(positions.map(Int32.init), shape: [positions.count])
    return TrainingExamples(
      source: source, indices: positions.map { indices[$0] },
      features: features.map { embedding($0, ids: rows) })
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

  /// Whether what is computed of an example holds for every step.
  var areConstant: Bool { !source.isAugmented }

  /// The examples at `positions` in this client's order, and those at `others` of the target domain.
  ///
  /// - Parameter key: of the step's random changes to the former; nil: the examples as they are.
  func batch(
    _ positions: [Int], augmentedUnder key: RandomKey? = nil, target: TrainingExamples? = nil,
    at others: [Int] = []
  ) -> TrainingBatch {
    let rows = target.flatMap { target in
      others.isEmpty
        ? nil : TrainingBatch.Rows(input: target.input(others), count: others.count)
    }
    guard !positions.isEmpty else { return TrainingBatch(source: nil, labels: nil, target: rows) }
    let examples = positions.map { indices[$0] }
    guard features == nil else {
      return TrainingBatch(
        source: .init(input: input(positions), count: positions.count),
        labels: source.labels(examples), target: rows)
    }
    let (input, labels) = source.batch(
      examples, augmentedUnder: areConstant ? nil : key.map { key in positions.map(key.at) })
    let batch = TrainingBatch(
      source: .init(input: .examples(input), count: positions.count), labels: labels, target: rows)
    guard let key, let mixture = source.mixture(of: positions.count, under: key.at(positions[0]))
    else { return batch }
    return batch.mixed(mixture)
  }

  /// What a model reads of the examples at `positions`, as they are.
  func input(_ positions: [Int]) -> TrainingBatch.Input {
    guard let features else { return .examples(source.input(positions.map { indices[$0] })) }
    let rows = Tensor(positions.map(Int32.init), shape: [positions.count])
    return .features(embedding(features, ids: rows))
  }
}
