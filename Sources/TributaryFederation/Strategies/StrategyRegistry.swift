internal import TributaryCore
public import TributaryPlan

/// The strategies there are. A new one is its file, its line here, its test and its line in the docs.
public enum StrategyRegistry {
  public static let all: [any Strategy.Type] = [
    FedAvg.self,
    FedSGD.self,
    FedProx.self,
    FedAvgM.self,
    FedAdagrad.self,
    FedAdam.self,
    FedYogi.self,
    DiLoCo.self,
    Reptile.self,
    Scaffold.self,
    FedNova.self,
    FedDyn.self,
    MOON.self,
    QFedAvg.self,
    FedBN.self,
    FedPer.self,
    FedRep.self,
    Ditto.self,
    APFL.self,
    CoordinateMedian.self,
    TrimmedMean.self,
    GeometricMedian.self,
    Krum.self,
    MultiKrum.self,
    Bulyan.self,
    NormClipping.self,
    FedBuff.self,
  ]

  public static var kinds: [String] { all.map { $0.kind } }

  /// The strategy that `plan` names, with its options.
  /// - Throws: `strategy.kind` or `strategy.option`, each naming the nearest valid name.
  public static func make(_ plan: StrategyPlan) throws -> any Strategy {
    guard let type = all.first(where: { $0.kind == plan.kind }) else {
      throw TributaryError(
        "strategy.kind", "there is no strategy \"\(plan.kind)\"",
        advice: NearestName.advice(to: plan.kind, among: kinds))
    }
    return type.init(
      options: try StrategyOptions(plan.options, for: type.kind, understood: type.options))
  }
}
