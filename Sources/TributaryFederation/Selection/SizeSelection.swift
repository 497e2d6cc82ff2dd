internal import CTributaryKernels
public import TributaryCore
public import TributaryPlan

/// Clients chosen without replacement with probabilities as their numbers of examples (Efraimidis & Spirakis 2006,
/// "Weighted random sampling with a reservoir": the largest u^(1/n)).
///
/// Strategies that count every client the same then weight each example about the same in the long run.
public struct SizeSelection: ClientSelection {
  public static let kind = SelectionPlan.Kind.bySize

  public init(_: SelectionPlan = SelectionPlan()) {}

  public func choose(
    _ count: Int, of present: [Candidate], round _: Int, key: RandomKey
  ) -> [ClientID] {
    Self.order(present, key: key).prefix(count).map(\.client)
  }

  /// All of `present` in the order in which they are drawn.
  static func order(_ present: [Candidate], key: RandomKey) -> [Candidate] {
    let ranked = present.map { candidate in
      var stream = key.at(candidate.client.name).generator
      // The logarithm of u^(1/n) has the same order and no underflow.
      let rank =
        tributary_logarithm(1 - stream.uniformDouble()) / Double(max(candidate.exampleCount, 1))
      return (rank, candidate)
    }
    return ranked.sorted { ($0.0, $1.1.client) > ($1.0, $0.1.client) }.map(\.1)
  }
}
