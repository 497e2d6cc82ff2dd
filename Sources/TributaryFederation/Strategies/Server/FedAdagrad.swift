/// Adagrad on the server (Reddi et al. 2021, "Adaptive federated optimization", algorithm 2).
///
///     m ← β₁ m + (1 − β₁) Δ        v ← v + Δ²        w ← w + η m / (√v + τ)
///
/// Δ is the mean of the updates weighted by numbers of examples; v begins at τ². Without bias correction, as
/// in the paper. Buffers move by Δ.
public struct FedAdagrad: ServerOptimizer {
  public static let kind = "fedadagrad"
  public static let options: [StrategyOption] = [
    .serverLearningRate(default: 0.1),
    .decay("beta1", default: 0, of: "the first moment"),
    .tau,
  ]

  public static let momentCount = 2

  private let serverLearningRate: Double
  private let beta1: Double
  private let tau: Double

  public init(options: StrategyOptions) {
    serverLearningRate = options["serverLearningRate"] ?? 0.1
    beta1 = options["beta1"] ?? 0
    tau = options["tau"] ?? 1e-3
  }

  public var initialSecondMoment: Double { tau * tau }

  public func step(_ delta: Double, _ moments: inout ServerMoments) -> Double {
    moments.first = beta1 * moments.first + (1 - beta1) * delta
    moments.second += delta * delta
    return serverLearningRate * moments.first / (moments.second.squareRoot() + tau)
  }
}
