public import TributaryPlan

/// MOON (Li, He & Song 2021, "Model-contrastive federated learning"): FedAvg whose clients draw their features
/// towards the global model's and away from those of their own last model.
///
///     loss = cross-entropy + μ · −log( e^{cos(z, z_global)/T} / (e^{cos(z, z_global)/T} + e^{cos(z, z_last)/T}) )
///
/// z is what the backbone hands to the classifier (the paper puts a projection head between, which a pretrained
/// backbone does not need). μ is `mu` (the paper's 1 to 10), T `temperature` (0.5). The last model stays on the
/// client; in a client's first round the second term is absent.
public struct MOON: Strategy {
  public static let kind = "moon"
  public static let options = [
    StrategyOption(
      "mu", default: 1, in: 0...1000,
      "the weight of the contrast between models, a number from 0 (FedAvg) to 1000"),
    StrategyOption(
      "temperature", default: 0.5, in: 0.001...1000,
      "what similarities are divided by, a number from 0.001 to 1000"),
  ]

  private let options: [String: Double]

  public init(options: StrategyOptions) {
    self.options = ["mu": options["mu"] ?? 1, "temperature": options["temperature"] ?? 0.5]
  }

  public func training(_ plan: LocalPlan) throws -> LocalPlan {
    var plan = plan
    plan.algorithm = StrategyPlan(kind: Self.kind, options: options)
    return plan
  }
}
