/// Adam on the server (Reddi et al. 2021, "Adaptive federated optimization", algorithm 2).
///
///     m ← β₁ m + (1 − β₁) Δ        v ← β₂ v + (1 − β₂) Δ²        w ← w + η m / (√v + τ)
///
/// Δ is the mean of the updates weighted by numbers of examples; v begins at τ². Without bias correction, as
/// in the paper. Buffers move by Δ.
public struct FedAdam: ServerOptimizer {
  public static let kind = "fedadam"
  public static let options: [StrategyOption] = [
    .serverLearningRate(default: 0.01),
    .decay("beta1", default: 0.9, of: "the first moment"),
    .decay("beta2", default: 0.99, of: "the second moment"),
    .tau,
  ]

  public static let momentCount = 2

  private let serverLearningRate: Double
  private let beta1: Double
  private let beta2: Double
  private let tau: Double

  public init(options: StrategyOptions) {
    serverLearningRate = options["serverLearningRate"] ?? 0.01
    beta1 = options["beta1"] ?? 0.9
    beta2 = options["beta2"] ?? 0.99
    tau = options["tau"] ?? 1e-3
  }

  public var initialSecondMoment: Double { tau * tau }

  public func step(_ delta: Double, _ moments: inout ServerMoments) -> Double {
    moments.first = beta1 * moments.first + (1 - beta1) * delta
    moments.second = beta2 * moments.second + (1 - beta2) * delta * delta
    return serverLearningRate * moments.first / (moments.second.squareRoot() + tau)
  }
}
