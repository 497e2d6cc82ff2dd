internal import TributaryCore

/// Federated averaging (McMahan et al. 2017, "Communication-efficient learning of deep networks from
/// decentralized data"): the mean of the updates weighted by numbers of examples.
///
///     w ← w + η · Σ n_k Δ_k / Σ n_k
///
/// η is `serverLearningRate`; 1 is the paper's algorithm.
public struct FedAvg: Strategy {
  public static let kind = "fedavg"
  public static let options = [
    StrategyOption(
      "serverLearningRate", default: 1, in: Double.leastNormalMagnitude...1000,
      "the step along the mean update, a number above 0 and up to 1000; 1 is plain averaging")
  ]

  private let serverLearningRate: Double

  public init(options: StrategyOptions) {
    serverLearningRate = options["serverLearningRate"] ?? 1
  }

  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    ServerStepOutput(
      globals: try ServerStep.moved(input, by: serverLearningRate), state: input.state)
  }
}
