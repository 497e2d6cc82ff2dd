public import TributaryPlan

/// FedRep (Collins et al. 2021, "Exploiting shared representations for personalized federated learning"): as
/// FedPer, but a client first trains its own classifier on the received backbone for `headEpochs`, and then the
/// backbone under that classifier for `local.epochs`.
public struct FedRep: Strategy {
  public static let kind = "fedrep"
  public static let options = [
    StrategyOption(
      "headEpochs", default: 10, in: 1...1000,
      "epochs of the personal classifier in a round, a number from 1 to 1000")
  ]

  private let headEpochs: Double

  public init(options: StrategyOptions) { headEpochs = options["headEpochs"] ?? 10 }

  public func training(_ plan: LocalPlan) throws -> LocalPlan {
    var plan = plan
    plan.algorithm = StrategyPlan(kind: Self.kind, options: ["headEpochs": headEpochs])
    return plan
  }

  public func transfer(_ plan: TransferPlan) -> TransferPlan { plan.keeping("head") }
}
