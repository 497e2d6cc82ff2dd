public import TributaryCore
public import TributaryPlan

/// Which clients a round asks.
///
/// A function of its arguments only: it depends on the seed, the round, who is present and what is known of them,
/// never on the order in which they joined.
public protocol ClientSelection: Sendable {
  static var kind: SelectionPlan.Kind { get }

  init(_ plan: SelectionPlan)

  /// The clients that round `round` asks, in the order of their names: `count` of `present`, all where it is nil or
  /// not smaller. Default: as `choose` says, under a key of the round.
  func cohort(of present: [Candidate], count: Int?, round: Int, key: RandomKey) -> [ClientID]

  /// `count` of `present`, which are more than `count` and in the order of their names; in any order.
  func choose(_ count: Int, of present: [Candidate], round: Int, key: RandomKey) -> [ClientID]
}

/// A client that could be asked.
public struct Candidate: Sendable, Equatable {
  public var client: ClientID
  public var exampleCount: Int
  /// The loss of its last training that counted; nil where there was none.
  public var lastLoss: Double?

  public init(client: ClientID, exampleCount: Int = 1, lastLoss: Double? = nil) {
    self.client = client
    self.exampleCount = exampleCount
    self.lastLoss = lastLoss
  }
}

extension ClientSelection {
  public func cohort(
    of present: [Candidate], count: Int?, round: Int, key: RandomKey
  ) -> [ClientID] {
    let sorted = present.sorted { $0.client < $1.client }
    guard let count, count < sorted.count else { return sorted.map(\.client) }
    return choose(count, of: sorted, round: round, key: key.at("selection").at(round)).sorted()
  }
}

/// The selections there are.
public enum SelectionRegistry {
  public static let all: [any ClientSelection.Type] = [
    UniformSelection.self, SizeSelection.self, RoundRobinSelection.self, PowerOfChoice.self,
  ]

  public static func make(_ plan: SelectionPlan) -> any ClientSelection {
    let type = all.first { $0.kind == plan.kind } ?? UniformSelection.self
    return type.init(plan)
  }
}
