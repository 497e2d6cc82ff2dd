internal import TributaryCore
internal import TributaryTensor

/// Entropy minimisation (Grandvalet & Bengio 2004, "Semi-supervised learning by entropy minimization"): decisions on
/// unlabelled examples become firm, so that boundaries lie where examples are few.
///
///     weight · mean over the target batch of −Σ p log p
struct EntropyMinimization: TrainingObjective {
  static let kind = "entropy"
  static let summary =
    "weight mean entropy of predictions on the target (Grandvalet & Bengio 2004); small, beside an alignment"
  static let options = [ObjectiveOption.weight(default: 0.1)]

  private let weight: Float

  init(_ settings: ObjectiveSettings) { weight = settings.number("weight") }

  var needs: ObjectiveNeeds { [.batches, .target] }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    terms.losses.append { [weight] batch in
      batch.target.map { Self.loss($0.logits) * weight } ?? .scalar(0)
    }
  }

  static func loss(_ logits: Tensor) -> Tensor {
    (softmax(logits) * logSoftmax(logits)).sum() * (-1 / Float(logits.shape[0]))
  }
}
