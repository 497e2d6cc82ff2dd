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
    FedDF.self,
  ]

  public static var kinds: [String] { all.map { $0.kind } }

  /// The strategy of a run: what its classifier asks for, or the one that it names.
  /// - Throws: as below; `transfer.head` for a classifier that no federation can find.
  public static func make(_ plan: RunPlan) throws -> any Strategy {
    let head = plan.transfer.head
    if head.kind.isClosedForm { return ClosedForm(head) }
    guard head.kind == .softmax else {
      throw TributaryError(
        "transfer.head", "a \(head.kind.rawValue) head is found on data in one place",
        advice: "in a federation use softmax, or ridge, lda or prototype in one round")
    }
    return try make(plan.federation.strategy)
  }

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
