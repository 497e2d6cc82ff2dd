internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// A batch as a step of training reads it: the model's input, or features computed before; and the labels.
struct TrainingBatch {
  enum Input {
    case examples(ModelInput)
    /// `[batch, featureCount]`
    case features(Tensor)
  }

  let input: Input
  /// int32, one a row of the logits.
  let labels: Tensor

  /// The logits of every row that can have a label, and what `contrast` adds to the loss.
  func logits(
    _ model: any Model, _ pass: Pass, contrast: ModelContrast? = nil
  ) throws -> (Tensor, term: Tensor?) {
    switch input {
    case .features(let features): return (try model.logits(features: features, pass), nil)
    case .examples(let input):
      guard let contrast else { return (try model.rowLogits(input, pass), nil) }
      let features = try model.features(input, pass)
      let term = try contrast.loss(input, features: features)
      return (try model.logits(features: features, pass), term)
    }
  }

  /// All that differs between batches of one shape.
  var tensors: [Tensor] {
    let input =
      switch input {
      case .features(let features): [features]
      case .examples(.images(let images)): [images]
      case .examples(.tokens(let ids, let mask, let segments)):
        [ids, mask] + (segments.map { [$0] } ?? [])
      case .examples(.pairs(let source, let mask, let target)): [source, mask, target]
      }
    return input + [labels]
  }
}
