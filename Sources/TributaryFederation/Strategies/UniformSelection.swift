public import TributaryCore

/// Clients chosen uniformly without replacement.
public enum UniformSelection {
  /// `count` of `present` (all where it is nil or not smaller), in the order of their names.
  ///
  /// Drawn from `key.at("selection").at(round)` over the sorted names, so it depends on the seed, the
  /// round and who is present, never on the order in which they joined.
  public static func cohort(
    of present: [ClientID], count: Int?, round: Int, key: RandomKey
  ) -> [ClientID] {
    let sorted = present.sorted()
    guard let count, count < sorted.count else { return sorted }
    let order = key.at("selection").at(round).permutation(of: sorted.count)
    return order.prefix(count).map { sorted[$0] }.sorted()
  }
}
