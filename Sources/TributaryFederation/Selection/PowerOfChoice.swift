public import TributaryCore
public import TributaryPlan

/// Power of choice (Cho, Wang & Joshi 2020, "Client selection in federated learning: convergence analysis and
/// power-of-choice selection strategies"), the variant that asks nobody for a loss (rpow-d): `candidates` clients are
/// drawn by their numbers of examples, and those of them asked whose last training had the highest loss.
///
/// Who never trained comes first. `candidates` is by default twice the number of clients a round.
public struct PowerOfChoice: ClientSelection {
  public static let kind = SelectionPlan.Kind.powerOfChoice
  private let candidates: Int?

  public init(_ plan: SelectionPlan) { candidates = plan.candidates }

  public func choose(
    _ count: Int, of present: [Candidate], round _: Int, key: RandomKey
  ) -> [ClientID] {
    let drawn = SizeSelection.order(present, key: key).prefix(max(count, candidates ?? 2 * count))
    let ranked = drawn.enumerated().sorted { left, right in
      let (a, b) = (left.element.lastLoss ?? .infinity, right.element.lastLoss ?? .infinity)
      return a == b ? left.offset < right.offset : a > b
    }
    return ranked.prefix(count).map(\.element.client)
  }
}
