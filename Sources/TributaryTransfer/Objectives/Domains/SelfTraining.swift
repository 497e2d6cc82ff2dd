internal import TributaryCore
internal import TributaryTensor

/// Self-training with pseudo-labels (Lee 2013, "Pseudo-label"; the confidence as in Sohn et al. 2020, FixMatch): target
/// examples of which the model is sure enough count as if labelled so.
///
///     weight · 1/n Σ [max p_i ≥ confidence] · CE(logits_i, argmax p_i)
///
/// The weight rises from 0 over the first `rampUp` of the training: first labels mean little.
struct SelfTraining: TrainingObjective {
  static let kind = "self-training"
  static let summary =
    "weight cross-entropy to the model's own labels where it is confident of the target (Lee 2013)"
  static let options = [
    ObjectiveOption.weight(default: 1),
    ObjectiveOption(
      "confidence", .number(default: 0.95, 0...1), "the least probability that counts"),
    ObjectiveOption(
      "rampUp", .number(default: 0, 0...1), "share of the training the weight takes to rise"),
  ]

  private let weight: Float
  private let confidence: Float
  private let rampUp: Double

  init(_ settings: ObjectiveSettings) {
    weight = settings.number("weight")
    confidence = settings.number("confidence")
    rampUp = Double(settings.number("rampUp"))
  }

  var needs: ObjectiveNeeds { [.batches, .target] }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    terms.losses.append { [self] batch in
      guard let target = batch.target else { return .scalar(0) }
      let share = rampUp > 0 ? Float(min(1, batch.progress / rampUp)) : 1
      return loss(target.logits) * (weight * share)
    }
  }

  func loss(_ logits: Tensor) -> Tensor {
    let labels = pseudoLabels(logits)
    let confident = labels.filter { $0 >= 0 }.count
    return softmaxCrossEntropy(logits, labels: Tensor(labels, shape: [labels.count]))
      * (Float(confident) / Float(labels.count))
  }

  /// The likeliest class of each row, or -100 where that is not likely enough.
  private func pseudoLabels(_ logits: Tensor) -> [Int32] {
    withoutGradient {
      let probabilities = softmax(logits.detached).max(axis: 1).floats()
      return zip(probabilities, logits.detached.argmax(axis: 1).ints()).map { probability, label in
        probability >= confidence ? label : -100
      }
    }
  }
}
