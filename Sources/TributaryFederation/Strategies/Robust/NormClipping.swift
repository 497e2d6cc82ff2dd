public import TributaryCore

/// Norm clipping (Sun et al. 2019, "Can you really backdoor federated learning?"): FedAvg of updates none of
/// which is longer than a bound.
///
///     Δ_k ← Δ_k · min(1, M / ‖Δ_k‖₂)        w ← w + η · Σ n_k Δ_k / Σ n_k
///
/// M is `maximumNorm` (the paper tries 3, 5 and 10), η `serverLearningRate`. The norm is that of all floats that
/// move, buffers included, so that hostile statistics are bounded, too. The sum stays exact.
public struct NormClipping: Strategy {
  public static let kind = "norm-clipping"
  public static let options: [StrategyOption] = [
    StrategyOption(
      "maximumNorm", default: 3, in: 1e-9...1e9,
      "longer updates are scaled to this Euclidean norm, a number from 1e-9 to 1e9"),
    .serverLearningRate(default: 1),
  ]

  private let maximumNorm: Double
  private let serverLearningRate: Double

  public init(options: StrategyOptions) {
    maximumNorm = options["maximumNorm"] ?? 3
    serverLearningRate = options["serverLearningRate"] ?? 1
  }

  public func postProcessed(
    _ delta: ParameterTree<HostTensor>, of _: inout Contribution, buffers _: Set<String>
  ) throws -> ParameterTree<HostTensor> {
    let square = delta.squaredNorm(except: [])
    // What is not finite is refused when it is folded in.
    guard square.isFinite, square > maximumNorm * maximumNorm else { return delta }
    return try delta.scaled(by: maximumNorm / square.squareRoot(), except: [])
  }

  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    ServerStepOutput(
      globals: try ServerStep.moved(input, by: serverLearningRate), state: input.state)
  }
}
