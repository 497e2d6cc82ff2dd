/// Krum (Blanchard et al. 2017, "Machine learning with adversaries: Byzantine tolerant gradient descent"): the one
/// update that is nearest to its neighbours.
///
///     s(i) = Σ ‖Δ_i − Δ_j‖² over the n − f − 2 updates j nearest to i        w ← w + η Δ_argmin s
///
/// f is `attackers`; n ≥ 2f + 3. Without it, f is the most that n updates withstand, ⌊(n − 3) / 2⌋. η is
/// `serverLearningRate`. Equal scores: the first in the order of names.
public struct Krum: RobustAggregation {
  public static let kind = "krum"
  public static let options: [StrategyOption] = [
    .attackers(updates: "2 attackers + 3"), .serverLearningRate(default: 1),
  ]

  public let serverLearningRate: Double
  private let attackers: AssumedAttackers

  public init(options: StrategyOptions) {
    attackers = AssumedAttackers(options, slope: 2)
    serverLearningRate = options["serverLearningRate"] ?? 1
  }

  public var minimumUpdates: Int { attackers.minimumUpdates }

  public func elementRule(for updates: UpdateBlocks) throws -> any ElementRule {
    let count = updates.clientCount
    let scores = KrumScores(
      try SquaredDistances(updates), attackers: attackers.count(of: count))
    return RowMean(rows: Array(scores.ranked(Array(0..<count)).prefix(1)))
  }
}
