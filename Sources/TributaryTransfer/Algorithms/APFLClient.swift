internal import TributaryCore
internal import TributaryTensor

/// APFL's client (Deng et al. 2020, algorithm 1): beside the global model's training, on the same batches, that of
/// its own part of the mixture α v + (1 − α) w.
///
///     v ← v − η α ∇F(α v + (1 − α) w)        α ← α − η ⟨v − w, ∇F(α v + (1 − α) w)⟩, in a round's first step
struct APFLClient: ClientAlgorithm {
  static let kind = "apfl"
  static let hasMemory = true
  private let alpha: Float
  private let isAdaptive: Bool

  init(options: [String: Double]) {
    alpha = Float(min(max(options["alpha"] ?? 0.5, 0), 1))
    isAdaptive = options["adaptive"] ?? 0 >= 0.5
  }

  func run(_ task: LocalTask) throws -> LocalOutcome {
    let remembered = task.memory.carried("own")
    var own = remembered.isEmpty ? task.trainable : remembered
    var alpha = share(in: task)
    var isFirst = isAdaptive
    var terms = LocalTerms()
    terms.companion = { step in
      let slope = try step.gradient(Self.mixed(own, step.parameters, alpha))
      let rate = Float(step.learningRate)
      let share = alpha
      withoutGradient {
        if isFirst {
          isFirst = false
          let along = slope.map { name, slope -> Float in
            guard let v = own[name], let w = step.parameters[name] else { return 0 }
            return ((v - w) * slope).sum().item
          }
          alpha = min(max(alpha - rate * along.values.reduce(0, +), 0), 1)
        }
        own = own.map { name, v in slope[name].map { v - $0 * (rate * share) } ?? v }
      }
    }
    var outcome = LocalOutcome(result: try task.train(terms: terms))
    outcome.memory = own.asCarried("own").merging(
      ["@mixture/alpha": Tensor.scalar(alpha)])
    outcome.personal = task.moving.merging(outcome.result.moving).merging(
      Self.mixed(own, outcome.result.moving, alpha))
    return outcome
  }

  /// The client's own part as it keeps it, mixed with the model received.
  func personalModel(_ task: LocalTask) throws -> ParameterTree<Tensor>? {
    let own = task.memory.carried("own")
    guard !own.isEmpty else { return nil }
    return task.moving.merging(Self.mixed(own, task.moving, share(in: task)))
  }

  /// The client's α.
  private func share(in task: LocalTask) -> Float {
    let kept = task.memory.carried("mixture")["alpha"]
    return kept.flatMap { $0.count == 1 ? $0.item : nil } ?? alpha
  }

  private static func mixed(
    _ own: ParameterTree<Tensor>, _ global: ParameterTree<Tensor>, _ alpha: Float
  ) -> ParameterTree<Tensor> {
    withoutGradient {
      own.compactMap { name, v in global[name].map { v * alpha + $0 * (1 - alpha) } }
    }
  }
}
