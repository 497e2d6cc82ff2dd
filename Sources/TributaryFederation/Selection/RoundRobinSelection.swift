public import TributaryCore
public import TributaryPlan

/// Every client in turn, in an order drawn once from the seed.
public struct RoundRobinSelection: ClientSelection {
  public static let kind = SelectionPlan.Kind.roundRobin

  public init(_: SelectionPlan = SelectionPlan()) {}

  public func cohort(
    of present: [Candidate], count: Int?, round: Int, key: RandomKey
  ) -> [ClientID] {
    let sorted = present.sorted { $0.client < $1.client }
    guard let count, count < sorted.count else { return sorted.map(\.client) }
    return choose(count, of: sorted, round: round, key: key.at("selection")).sorted()
  }

  public func choose(
    _ count: Int, of present: [Candidate], round: Int, key: RandomKey
  ) -> [ClientID] {
    let order = key.permutation(of: present.count)
    let first = (round - 1) * count
    return (0..<count).map { present[order[(first + $0) % present.count]].client }
  }
}
