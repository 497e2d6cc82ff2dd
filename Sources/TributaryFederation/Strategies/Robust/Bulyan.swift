/// Bulyan (El Mhamdi, Guerraoui & Rouault 2018, "The hidden vulnerability of distributed learning in Byzantium"): Krum
/// chooses again and again, and of the chosen each coordinate's values near the median are averaged.
///
///     S: θ = n − 2f updates, each the one that Krum chooses among those not yet chosen
///     w[j] ← w[j] + η · mean of the θ − 2f values Δ_i[j], i in S, nearest to their median
///
/// f is `attackers`; n ≥ 4f + 3. Without it, f is the most that n updates withstand, ⌊(n − 3) / 4⌋. η is
/// `serverLearningRate`. Of two values as near, the smaller is kept.
public struct Bulyan: RobustAggregation {
  public static let kind = "bulyan"
  public static let options: [StrategyOption] = [
    .attackers(updates: "4 attackers + 3"), .serverLearningRate(default: 1),
  ]

  public let serverLearningRate: Double
  private let attackers: AssumedAttackers

  public init(options: StrategyOptions) {
    attackers = AssumedAttackers(options, slope: 4)
    serverLearningRate = options["serverLearningRate"] ?? 1
  }

  public var minimumUpdates: Int { attackers.minimumUpdates }

  public func elementRule(for updates: UpdateBlocks) throws -> any ElementRule {
    let assumed = attackers.count(of: updates.clientCount)
    let scores = KrumScores(try SquaredDistances(updates), attackers: assumed)
    var rest = Array(0..<updates.clientCount)
    var chosen: [Int] = []
    while chosen.count < updates.clientCount - 2 * assumed, let best = scores.ranked(rest).first {
      chosen.append(best)
      rest.removeAll { $0 == best }
    }
    return MeanNearMedian(rows: chosen.sorted(), dropped: 2 * assumed)
  }

  /// The mean of some clients' values without the `dropped` that are farthest from their median.
  private struct MeanNearMedian: ElementRule {
    let rows: [Int]
    let dropped: Int

    func combine(
      _ block: inout UpdateBlock<Float>, _ columns: Range<Int>, into result: inout [Float]
    ) {
      var values = [Float](repeating: 0, count: rows.count)
      for column in columns {
        for (index, row) in rows.enumerated() {
          values[index] = block.values[row * block.columns + column]
        }
        values.sort()
        result[column] = mean(ofSorted: values)
      }
    }

    private func mean(ofSorted values: [Float]) -> Float {
      var kept = values[...]
      let (low, high) = (values[(values.count - 1) / 2], values[values.count / 2])
      let median = (Double(low) + Double(high)) / 2
      for _ in 0..<dropped {
        guard let first = kept.first, let last = kept.last else { break }
        if median - Double(first) > Double(last) - median {
          kept.removeFirst()
        } else {
          kept.removeLast()
        }
      }
      return Float(kept.reduce(0) { $0 + Double($1) } / Double(kept.count))
    }
  }
}
