public import TributaryCore

/// FedAvg with momentum on the server (Hsu, Qi & Brown 2019, "Measuring the effects of non-identical data
/// distribution for federated visual classification"), for clients whose data differ much.
///
///     v ← β v + Δ        w ← w + η v        Δ = Σ n_k Δ_k / Σ n_k
///
/// β is `serverMomentum`, η `serverLearningRate`. Buffers move by Δ, as in FedAvg.
public struct FedAvgM: Strategy {
  public static let kind = "fedavgm"
  public static let options: [StrategyOption] = [
    .serverLearningRate(default: 1),
    .decay("serverMomentum", default: 0.9, of: "the last step"),
  ]

  private static let moments = ServerMomentsState(count: 1)
  private let serverLearningRate: Double
  private let serverMomentum: Double

  public init(options: StrategyOptions) {
    serverLearningRate = options["serverLearningRate"] ?? 1
    serverMomentum = options["serverMomentum"] ?? 0.9
  }

  public func initialState(
    for globals: ParameterTree<HostTensor>
  ) throws -> ParameterTree<HostTensor> {
    Self.moments.initial(for: globals)
  }

  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    try Self.moments.step(input) { delta, moments in
      moments.first = serverMomentum * moments.first + delta
      return serverLearningRate * moments.first
    }
  }
}
