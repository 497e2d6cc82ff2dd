/// DiLoCo (Douillard et al. 2023, "DiLoCo: distributed low-communication training of language models"): few
/// nodes that each train long with AdamW (`local.optimizer`), and Nesterov's momentum over their mean.
///
///     Δ = (1/k) Σ Δ_k        v ← μ v + Δ        w ← w + η (Δ + μ v)
///
/// μ is `serverMomentum` (the paper's 0.9), η `serverLearningRate` (its 0.7). Every node counts the same;
/// buffers move by Δ.
public struct DiLoCo: ServerOptimizer {
  public static let kind = "diloco"
  public static let options: [StrategyOption] = [
    .serverLearningRate(default: 0.7),
    .decay("serverMomentum", default: 0.9, of: "the last step"),
  ]

  public static let momentCount = 1

  private let serverLearningRate: Double
  private let serverMomentum: Double

  public init(options: StrategyOptions) {
    serverLearningRate = options["serverLearningRate"] ?? 0.7
    serverMomentum = options["serverMomentum"] ?? 0.9
  }

  public func weight(of contribution: Contribution) throws -> Int {
    try contribution.equalWeight()
  }

  public func step(_ delta: Double, _ moments: inout ServerMoments) -> Double {
    moments.first = serverMomentum * moments.first + delta
    return serverLearningRate * (delta + serverMomentum * moments.first)
  }
}
