internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// Uncertainty weighting (Kendall, Gal & Cipolla 2018, "Multi-task learning using uncertainty to weigh losses"): a task
/// whose labels are noisy counts less, by as much as the training finds.
///
///     Σ_k e^(−s_k) L_k + s_k / 2        s_k = log σ_k², one a head, learned from 0
///
/// L_k is the mean cross-entropy of head k's examples in the batch; a head without any is left out. The s_k are trained
/// with the model's parameters, and in a federation averaged with them. In place of the plain sum over examples.
struct UncertaintyWeighting: TrainingObjective {
  static let kind = "uncertainty"
  static let summary =
    "Σ exp(-s) task + s/2, s learned for each of task.heads: noisy tasks count less (Kendall et al. 2018)"
  static let options: [ObjectiveOption] = []

  init(_: ObjectiveSettings) {}

  static let variances = "logVariances"

  func reference(for loaded: LoadedModel) throws -> ObjectiveReference {
    try loaded.requireHeads(for: Self.kind)
    return ObjectiveReference()
  }

  func tensors(of model: any Model) -> [TensorSpec] {
    model.configuration.heads.map { heads in
      [TensorSpec(Self.variances, [heads.count], initializer: .zeros)]
    } ?? []
  }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    let heads = TaskHeads(training.model.configuration.heads ?? [])
    terms.taskShare = 0
    terms.losses.append { batch in
      guard let source = batch.source, let labels = source.labels else { return .scalar(0) }
      return Self.loss(
        source.logits, HeadRows.all(labels, heads: heads),
        variances: try batch.parameters(training.own(Self.variances)))
    }
  }

  /// - Parameter variances: their logarithms, `[heads]`.
  static func loss(_ logits: Tensor, _ heads: [HeadRows], variances: Tensor) -> Tensor {
    heads.reduce(.scalar(0)) { sum, head in
      let s = variances.sliced(axis: 0, head.head..<(head.head + 1)).sum()
      return sum + head.loss(logits) * (s * -1).exp() + s * 0.5
    }
  }
}
