public import TributaryPlan

/// FedProx (Li et al. 2020, "Federated optimization in heterogeneous networks"): FedAvg whose clients are held
/// near the global model while they train, for clients whose data differ much.
///
///     client k: min F_k(w) + μ/2 ‖w − w_t‖²        server: w_{t+1} = w_t + Σ n_k Δ_k / Σ n_k
///
/// μ is `mu`; the paper tries 0.001, 0.01, 0.1, 0.5 and 1.
public struct FedProx: Strategy {
  public static let kind = "fedprox"
  public static let options = [
    StrategyOption(
      "mu", default: 0.01, in: 0...1000,
      "how strongly clients are held near the global model, a number from 0 (FedAvg) to 1000")
  ]

  private let mu: Double

  public init(options: StrategyOptions) { mu = options["mu"] ?? 0.01 }

  public func training(_ plan: LocalPlan) throws -> LocalPlan {
    var plan = plan
    plan.proximal = mu
    return plan
  }
}
