/// What the adaptive optimisers with two moments share (Reddi et al. 2021, "Adaptive federated optimization", algorithm 2):
/// all but how the second moment follows the change.
///
///     m ← β₁ m + (1 − β₁) Δ        w ← w + η m / (√v + τ)        v begins at τ²
struct AdaptiveServerStep: Sendable {
  static let options: [StrategyOption] = [
    .serverLearningRate(default: 0.01),
    .decay("beta1", default: 0.9, of: "the first moment"),
    .decay("beta2", default: 0.99, of: "the second moment"),
    .tau,
  ]
  static let momentCount = 2

  let beta2: Double
  private let serverLearningRate: Double
  private let beta1: Double
  private let tau: Double

  init(_ options: StrategyOptions) {
    serverLearningRate = options["serverLearningRate"] ?? 0.01
    beta1 = options["beta1"] ?? 0.9
    beta2 = options["beta2"] ?? 0.99
    tau = options["tau"] ?? 1e-3
  }

  var initialSecondMoment: Double { tau * tau }

  /// - Parameter follow: moves the second moment.
  @inline(__always)
  func callAsFunction(
    _ delta: Double, _ moments: inout ServerMoments, follow: (inout Double) -> Void
  ) -> Double {
    moments.first = beta1 * moments.first + (1 - beta1) * delta
    follow(&moments.second)
    return serverLearningRate * moments.first / (moments.second.squareRoot() + tau)
  }
}
