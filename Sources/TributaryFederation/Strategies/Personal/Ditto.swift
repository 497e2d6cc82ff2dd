public import TributaryPlan

/// Ditto (Li et al. 2021, "Ditto: fair and robust federated learning through personalization"): FedAvg, and beside
/// it every client trains a model of its own that is held near the global one.
///
///     client k:  Δ_k as in FedAvg;   v_k ← steps on F_k(v) + λ/2 ‖v − w‖²
///
/// λ is `lambda` (the paper tries 0.05 to 2); the personal model gets `local.epochs` a round and never leaves the
/// client.
public struct Ditto: Strategy {
  public static let kind = "ditto"
  public static let options = [
    StrategyOption(
      "lambda", default: 0.1, in: 0...1000,
      "how strongly personal models are held near the global one, a number from 0 to 1000")
  ]

  private let lambda: Double

  public init(options: StrategyOptions) { lambda = options["lambda"] ?? 0.1 }

  public func training(_ plan: LocalPlan) throws -> LocalPlan {
    var plan = plan
    plan.algorithm = StrategyPlan(kind: Self.kind, options: ["lambda": lambda])
    return plan
  }
}
