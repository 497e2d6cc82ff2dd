public import TributaryPlan

/// FedPer (Arivazhagan et al. 2019, "Federated learning with personalization layers"): FedAvg of the backbone;
/// every client keeps its own classifier, which it trains together with the backbone.
///
/// `transfer.personal` keeps further layers on the clients.
public struct FedPer: Strategy {
  public static let kind = "fedper"
  public static let options: [StrategyOption] = []

  public init(options _: StrategyOptions) {}

  public func transfer(_ plan: TransferPlan) -> TransferPlan { plan.keeping("head") }
}
