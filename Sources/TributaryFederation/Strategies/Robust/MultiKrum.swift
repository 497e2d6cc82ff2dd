/// Multi-Krum (Blanchard et al. 2017, "Machine learning with adversaries: Byzantine tolerant gradient descent"): the
/// mean of the updates with the best of Krum's scores.
///
///     w ← w + η (1/m) Σ Δ_i over the m updates with the lowest s(i)
///
/// f is `attackers`, as in Krum; n ≥ 2f + 3. m is `selected`, at most n − f; without it n − f − 2, the default of
/// the authors' own implementation. η is `serverLearningRate`.
public struct MultiKrum: RobustAggregation {
  public static let kind = "multi-krum"
  public static let options: [StrategyOption] = [
    .attackers(updates: "2 attackers + 3"),
    StrategyOption(
      "selected", default: nil, in: 1...1_000_000,
      "updates that are averaged, 1 to updates - attackers; default: updates - attackers - 2"),
    .serverLearningRate(default: 1),
  ]

  public let serverLearningRate: Double
  private let attackers: AssumedAttackers
  private let selected: Int?

  public init(options: StrategyOptions) {
    attackers = AssumedAttackers(options, slope: 2)
    selected = options["selected"].map { Int($0.rounded(.down)) }
    serverLearningRate = options["serverLearningRate"] ?? 1
  }

  public var minimumUpdates: Int {
    max(attackers.minimumUpdates, (selected ?? 1) + (attackers.given ?? 0))
  }

  public func elementRule(for updates: UpdateBlocks) throws -> any ElementRule {
    let count = updates.clientCount
    let assumed = attackers.count(of: count)
    let scores = KrumScores(try SquaredDistances(updates), attackers: assumed)
    let kept = selected ?? max(1, count - assumed - 2)
    return RowMean(rows: Array(scores.ranked(Array(0..<count)).prefix(kept)))
  }
}
