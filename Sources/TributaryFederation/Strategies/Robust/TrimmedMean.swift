/// The coordinate-wise trimmed mean (Yin et al. 2018, "Byzantine-robust distributed learning: towards optimal
/// statistical rates", definition 2): the mean without each coordinate's largest and smallest values.
///
///     w[j] ← w[j] + η / (n − 2c) · Σ Δ_(i)[j], c < i ≤ n − c        Δ_(1)[j] ≤ … ≤ Δ_(n)[j], c = ⌊β n⌋
///
/// β is `beta`, below a half (the paper's network: 0.1), and has to be at least the share of hostile clients.
/// η is `serverLearningRate`. Every client counts the same.
public struct TrimmedMean: RobustAggregation {
  public static let kind = "trimmed-mean"
  public static let options: [StrategyOption] = [
    StrategyOption(
      "beta", default: 0.1, in: 0...0.5.nextDown,
      "the share of the values that is cut off at each end, 0 to below 0.5"),
    .serverLearningRate(default: 1),
  ]

  public let serverLearningRate: Double
  private let beta: Double

  public init(options: StrategyOptions) {
    beta = options["beta"] ?? 0.1
    serverLearningRate = options["serverLearningRate"] ?? 1
  }

  public func elementRule(for updates: UpdateBlocks) throws -> any ElementRule {
    // 0.29 of 100 is 28.999… in float64, and means 29.
    let cut = Int((beta * Double(updates.clientCount) + 1e-9).rounded(.down))
    return CutMean(cut: min(cut, (updates.clientCount - 1) / 2))
  }

  /// The mean of what is left without `cut` values at each end, in float64 in rising order.
  private struct CutMean: ElementRule {
    let cut: Int

    func combine(
      _ block: inout UpdateBlock<Float>, _ columns: Range<Int>, into result: inout [Float]
    ) {
      block.withRows(of: columns) { SortedRows.sort($0) }
      RowMean(rows: Array(cut..<(block.rows - cut))).combine(&block, columns, into: &result)
    }
  }
}
