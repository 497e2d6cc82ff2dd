internal import TributaryCore
public import TributaryPlan

/// The clients' halves of strategies. A new one is its file and its line here.
public enum ClientAlgorithmRegistry {
  static let all: [any ClientAlgorithm.Type] = [
    PlainTraining.self,
    WholeShard.self,
    ScaffoldClient.self,
    FedNovaClient.self,
    FedDynClient.self,
    MOONClient.self,
    QFedAvgClient.self,
    FedRepClient.self,
    DittoClient.self,
    APFLClient.self,
    FeatureStatisticsClient.self,
  ]

  /// What `plan` names; nil trains and nothing else.
  /// - Throws: `task.settings` where a peer names what this version does not know.
  public static func make(_ plan: StrategyPlan?) throws -> any ClientAlgorithm {
    guard let plan else { return PlainTraining() }
    guard let type = all.first(where: { $0.kind == plan.kind }) else {
      throw TributaryError(
        "task.settings", "this worker knows no way of training called \"\(plan.kind)\"",
        advice: "do coordinator and worker run the same version?")
    }
    guard plan.options.values.allSatisfy({ $0.isFinite && abs($0) <= 1e9 }) else {
      throw TributaryError("task.settings", "the numbers of \(plan.kind) are out of range")
    }
    return try type.init(options: plan.options)
  }
}
