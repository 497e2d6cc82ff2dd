public import TributaryPlan

/// APFL (Deng, Kamani & Mahdavi 2020, "Adaptive personalized federated learning"): every client mixes the global
/// model with one of its own, and trains both at once.
///
///     w ← w − η ∇F_k(w)        v ← v − η ∇_v F_k(α v + (1 − α) w)
///
/// w is averaged as in FedAvg; v and α stay on the client, whose personal model is α v + (1 − α) w. α begins at
/// `alpha` and, with `adaptive` 1, moves along its own gradient once a round.
public struct APFL: Strategy {
  public static let kind = "apfl"
  public static let options = [
    StrategyOption(
      "alpha", default: 0.5, in: 0...1,
      "the share of the client's own model in its mixture, a number from 0 to 1"),
    StrategyOption(
      "adaptive", default: 0, in: 0...1, "1: every client learns its own alpha; 0: alpha stays"),
  ]

  private let options: [String: Double]

  public init(options: StrategyOptions) {
    self.options = ["alpha": options["alpha"] ?? 0.5, "adaptive": options["adaptive"] ?? 0]
  }

  public func training(_ plan: LocalPlan) throws -> LocalPlan {
    try plan.requirePlainSGD(for: Self.kind)
    var plan = plan
    plan.algorithm = StrategyPlan(kind: Self.kind, options: options)
    return plan
  }
}
