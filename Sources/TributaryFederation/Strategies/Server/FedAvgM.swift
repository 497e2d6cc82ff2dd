/// FedAvg with momentum on the server (Hsu, Qi & Brown 2019, "Measuring the effects of non-identical data
/// distribution for federated visual classification"), for clients whose data differ much.
///
///     v ← β v + Δ        w ← w + η v        Δ = Σ n_k Δ_k / Σ n_k
///
/// β is `serverMomentum`, η `serverLearningRate`. Buffers move by Δ, as in FedAvg.
public struct FedAvgM: ServerOptimizer {
  public static let kind = "fedavgm"
  public static let options: [StrategyOption] = [
    .serverLearningRate(default: 1),
    .decay("serverMomentum", default: 0.9, of: "the last step"),
  ]

  public static let momentCount = 1

  private let serverLearningRate: Double
  private let serverMomentum: Double

  public init(options: StrategyOptions) {
    serverLearningRate = options["serverLearningRate"] ?? 1
    serverMomentum = options["serverMomentum"] ?? 0.9
  }

  public func step(_ delta: Double, _ moments: inout ServerMoments) -> Double {
    moments.first = serverMomentum * moments.first + delta
    return serverLearningRate * moments.first
  }
}
