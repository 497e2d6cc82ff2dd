public import TributaryCore
public import TributaryPlan

/// Clients chosen uniformly without replacement.
public struct UniformSelection: ClientSelection {
  public static let kind = SelectionPlan.Kind.uniform

  public init(_: SelectionPlan = SelectionPlan()) {}

  public func choose(
    _ count: Int, of present: [Candidate], round _: Int, key: RandomKey
  ) -> [ClientID] {
    key.permutation(of: present.count).prefix(count).map { present[$0].client }
  }
}
