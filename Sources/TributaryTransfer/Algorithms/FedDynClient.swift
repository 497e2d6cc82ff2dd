internal import TributaryCore
internal import TributaryTensor

/// FedDyn's client (Acar et al. 2021, algorithm 1).
///
///     min F_k(θ) − ⟨g_k, θ⟩ + α/2 ‖θ − w‖²        g_k ← g_k − α (θ_k − w)
struct FedDynClient: ClientAlgorithm {
  static let kind = "feddyn"
  static let hasMemory = true
  private let alpha: Float

  init(options: [String: Double]) { alpha = Float(options["alpha"] ?? 0.01) }

  func run(_ task: LocalTask) throws -> LocalOutcome {
    // What is personal has no counterpart on the server.
    let isShared = task.trainer.freeze.isShared
    let gradient = task.remembered("gradient").filter { name, _ in isShared(name) }
    let origin = task.moving.filter { name, _ in isShared(name) }
    let result = try task.train(
      terms: LocalTerms(
        linear: gradient.mapValues { -$0 }, pulls: [.init(strength: alpha, origin: origin)]))
    return withoutGradient {
      var outcome = LocalOutcome(result: result)
      outcome.memory = gradient.compactMap { name, gradient -> Tensor? in
        guard let start = task.moving[name], let end = result.moving[name] else { return gradient }
        return gradient - (end - start) * alpha
      }.asCarried("gradient")
      return outcome
    }
  }
}
