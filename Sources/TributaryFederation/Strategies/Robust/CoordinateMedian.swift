/// The coordinate-wise median (Yin et al. 2018, "Byzantine-robust distributed learning: towards optimal
/// statistical rates", definition 1).
///
///     w[j] ← w[j] + η · median { Δ_k[j] : k }
///
/// Withstands fewer than half of the clients. η is `serverLearningRate`. Every client counts the same.
public struct CoordinateMedian: RobustAggregation {
  public static let kind = "median"
  public static let options: [StrategyOption] = [.serverLearningRate(default: 1)]

  public let serverLearningRate: Double

  public init(options: StrategyOptions) {
    serverLearningRate = options["serverLearningRate"] ?? 1
  }

  public func elementRule(for _: UpdateBlocks) throws -> any ElementRule { ElementMedian() }
}
