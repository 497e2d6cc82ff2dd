public import TributaryPlan

/// Federated SGD (McMahan et al. 2017, "Communication-efficient learning of deep networks from decentralized
/// data", the baseline of FedAvg): each client takes one step along the gradient over all its examples.
///
///     w ← w − η Σ n_k ∇F_k(w) / Σ n_k
///
/// η is `local.optimizer.learningRate`; of the local section, epochs and schedule do not count, and `batchSize`
/// says how many examples the gradient is computed from at a time.
public struct FedSGD: Strategy {
  public static let kind = "fedsgd"
  public static let options: [StrategyOption] = []

  public init(options _: StrategyOptions) {}

  public func training(_ plan: LocalPlan) throws -> LocalPlan {
    try plan.requirePlainSGD(for: Self.kind)
    var plan = plan
    plan.epochs = 1
    plan.schedule = SchedulePlan()
    plan.algorithm = StrategyPlan(kind: "whole-shard")
    return plan
  }
}
