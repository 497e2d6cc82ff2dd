/// Krum's scores (Blanchard et al. 2017): how far an update is from those nearest to it.
struct KrumScores {
  private let distances: SquaredDistances
  /// The number of attackers assumed, f.
  private let attackers: Int

  init(_ distances: SquaredDistances, attackers: Int) {
    self.distances = distances
    self.attackers = attackers
  }

  /// `rows` by rising score `Σ ‖Δ_i − Δ_j‖²` over the `rows.count − f − 2` nearest others (at least one);
  /// equal scores in the order of `rows`.
  func ranked(_ rows: [Int]) -> [Int] {
    let nearest = max(1, rows.count - attackers - 2)
    let scores = rows.map { row in
      rows.filter { $0 != row }.map { distances[row, $0] }.sorted().prefix(nearest).reduce(0, +)
    }
    return rows.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }.map { rows[$0] }
  }
}

extension StrategyOption {
  /// f; without it, the most that `withstood` clients' updates are proved to withstand.
  static func attackers(updates formula: String) -> StrategyOption {
    StrategyOption(
      "attackers", default: nil, in: 0...1_000_000,
      "clients of a round that may be hostile, 0 to 1000000, needs \(formula) updates; without it, as many as the round's updates withstand"
    )
  }
}

/// How many hostile clients a rule assumes, from its option.
struct AssumedAttackers: Sendable, Equatable {
  /// What the plan says; nil: the most that the round's updates withstand.
  let given: Int?
  /// The rule needs `slope · f + 3` updates for f attackers.
  let slope: Int

  init(_ options: StrategyOptions, slope: Int) {
    given = options["attackers"].map { Int($0.rounded(.up)) }
    self.slope = slope
  }

  /// Nobody to withstand: any number will do.
  var minimumUpdates: Int { given.map { $0 == 0 ? 1 : slope * $0 + 3 } ?? 1 }

  func count(of updates: Int) -> Int { given ?? max(0, (updates - 3) / slope) }
}
