public import TributaryPlan

/// FedBN (Li et al. 2021, "FedBN: federated learning on non-IID features via local batch normalization"): FedAvg in
/// which every client keeps its own batch norms, weights and running statistics, for clients whose inputs look
/// different (scanners, microphones, styles).
public struct FedBN: Strategy {
  public static let kind = "fedbn"
  public static let options: [StrategyOption] = []

  public init(options _: StrategyOptions) {}

  public func transfer(_ plan: TransferPlan) -> TransferPlan { plan.keeping("norms") }
}
