public import TributaryPlan
internal import TributaryCore
internal import TributaryTensor

/// The classifier that a plan asks for, solved from statistics: the same on one place's sums and on a federation's.
public enum ClosedFormHead {
  /// Whether products of features are needed, or class means are enough.
  public static func needsProducts(_ plan: HeadPlan) -> Bool {
    plan.kind != .prototype || plan.components != nil || plan.select != nil
  }

  /// - Throws: `features.empty`, `linearAlgebra.singular`; `transfer.head` for a kind without a closed form.
  public static func solve(
    _ statistics: FeatureStatistics, _ plan: HeadPlan
  ) throws -> LinearHead {
    try statistics.requireExamples()
    if let selected = plan.select, selected < statistics.width {
      let columns = try FeatureSelection.best(selected, of: statistics, by: plan.selectBy)
      var rest = plan
      rest.select = nil
      return try solve(statistics.selecting(columns), rest)
        .scattered(over: columns, of: statistics.width)
    }
    if let components = plan.components, components < statistics.width {
      let projection = try PrincipalComponents(statistics, count: components).directions
      var rest = plan
      rest.components = nil
      return try solve(statistics.projected(by: projection), rest).behind(projection)
    }
    switch plan.kind {
    case .ridge: return try RidgeHead.solve(statistics, l2: plan.l2)
    case .lda: return try DiscriminantHead.solve(statistics, shrinkage: plan.shrinkage)
    case .prototype: return PrototypeHead.solve(statistics)
    case .softmax, .logistic:
      throw TributaryError(
        "transfer.head", "a \(plan.kind.rawValue) head does not follow from sums over examples",
        advice: "use ridge, lda or prototype")
    }
  }
}
