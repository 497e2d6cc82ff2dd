/// RFA, the geometric median (Pillutla, Kakade & Harchaoui 2022, "Robust aggregation for federated learning"):
/// the point with the least sum of distances from the updates, by smoothed Weiszfeld steps.
///
///     z ← (1/n) Σ Δ_k, then R times: β_k = 1 / max(ν, ‖z − Δ_k‖₂), z ← Σ β_k Δ_k / Σ β_k        w ← w + η z
///
/// R is `iterations` (the paper's 3), ν `smoothing` (its 1e-6), η `serverLearningRate`. Withstands fewer than half
/// of the clients once converged. Every client counts the same; the paper weighs by examples.
public struct GeometricMedian: RobustAggregation {
  public static let kind = "geometric-median"
  public static let options: [StrategyOption] = [
    StrategyOption(
      "iterations", default: 3, in: 0...1000,
      "steps of Weiszfeld's algorithm, each of which reads all updates once; 0 is the mean"),
    StrategyOption(
      "smoothing", default: 1e-6, in: 1e-12...1e6,
      "a distance counts as at least this, a number from 1e-12 to 1e6"),
    .serverLearningRate(default: 1),
  ]

  public let serverLearningRate: Double
  private let iterations: Int
  private let smoothing: Double

  public init(options: StrategyOptions) {
    iterations = Int((options["iterations"] ?? 3).rounded())
    smoothing = options["smoothing"] ?? 1e-6
    serverLearningRate = options["serverLearningRate"] ?? 1
  }

  public func elementRule(for updates: UpdateBlocks) throws -> any ElementRule {
    var weights = [Double](repeating: 1, count: updates.clientCount)
    for _ in 0..<iterations {
      let squares = try Self.squaredDistances(of: updates, from: RowMean(weights: weights))
      weights = squares.map { 1 / max(smoothing, $0.squareRoot()) }
    }
    return RowMean(weights: weights)
  }

  /// ‖z − Δ_k‖² for every client, z being made anew tile by tile, so that it never lies in memory.
  private static func squaredDistances(
    of updates: UpdateBlocks, from centre: RowMean
  ) throws -> [Double] {
    var squares = [Double](repeating: 0, count: updates.clientCount)
    var point = [Double](repeating: 0, count: UpdateBlocks.tileWidth)
    try updates.forEachTrainedTile { block, columns in
      block.withRows(of: columns) { rows in
        for column in point.indices { point[column] = 0 }
        centre.add(rows, to: &point)
        for row in 0..<rows.count {
          var sum = 0.0
          for column in 0..<rows.width {
            let difference = point[column] - Double(rows[row][column])
            sum += difference * difference
          }
          squares[row] += sum
        }
      }
    }
    return squares
  }
}
