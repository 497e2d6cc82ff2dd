internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// A batch as a step of training reads it: labelled examples, and examples of the target domain beside them.
struct TrainingBatch {
  /// The model's input, or features computed before.
  enum Input {
    case examples(ModelInput)
    /// `[batch, featureCount]`
    case features(Tensor)
  }

  /// Examples of one domain.
  struct Rows {
    let input: Input
    let count: Int
  }

  /// The labelled examples; nil where there are none.
  let source: Rows?
  /// int32, one a row of the labelled examples' logits.
  let labels: Tensor?
  /// The target domain's; nil where no objective looks at it.
  let target: Rows?
  /// Where the examples are mixed with one another.
  var mixture: Mixture?

  /// The classes that are mixed in.
  struct Mixture {
    /// int32, one a row.
    let labels: Tensor
    /// How much of a row is its own class's.
    let ownShare: Float
  }

  /// All that differs between batches of one shape.
  var tensors: [Tensor] {
    [source, target].compactMap { $0?.input.tensors }.joined() + (labels.map { [$0] } ?? [])
  }
}

extension TrainingBatch.Input {
  var tensors: [Tensor] {
    switch self {
    case .features(let features): [features]
    case .examples(.images(let images)): [images]
    case .examples(.tokens(let ids, let mask, let segments)):
      [ids, mask] + (segments.map { [$0] } ?? [])
    case .examples(.nodes(let nodes, _)): [nodes]
    case .examples(.pairs(let source, let mask, let target)): [source, mask, target]
    }
  }

  /// What the model reads; nil where it reads features.
  var modelInput: ModelInput? {
    guard case .examples(let input) = self else { return nil }
    return input
  }

  func features(_ model: any Model, _ pass: Pass) throws -> Tensor {
    switch self {
    case .features(let features): features
    case .examples(let input): try model.features(input, pass)
    }
  }

  /// The logits of every row that can have a label.
  func logits(_ model: any Model, _ pass: Pass) throws -> Tensor {
    switch self {
    case .features(let features): try model.logits(features: features, pass)
    case .examples(let input): try model.rowLogits(input, pass)
    }
  }

  /// The examples of both, these first.
  func joined(with other: TrainingBatch.Input) throws -> TrainingBatch.Input {
    switch (self, other) {
    case (.features(let a), .features(let b)): .features(.concatenated([a, b], axis: 0))
    case (.examples(let a), .examples(let b)): .examples(try a.joined(with: b))
    default: preconditionFailure("both domains are read alike")
    }
  }
}
