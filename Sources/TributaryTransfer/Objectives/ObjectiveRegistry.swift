internal import TributaryCore
internal import TributaryPlan

/// The objectives there are. A new one is its file, its line here, its test and its line in the docs.
public enum ObjectiveRegistry {
  static let all: [any TrainingObjective.Type] = [
    L2SP.self,
    L2.self,
    Distillation.self,
    CORAL.self,
    MMD.self,
    JAN.self,
    DANN.self,
    InstanceWeighting.self,
    EntropyMinimization.self,
    SelfTraining.self,
    EWC.self,
    LearningWithoutForgetting.self,
    FeatureHints.self,
    UncertaintyWeighting.self,
    GradNorm.self,
  ]

  /// What `plan` names, with its settings.
  /// - Throws: `objective.kind` or `objective.option`, each naming the nearest valid name.
  static func make(_ plan: ObjectivePlan) throws -> any TrainingObjective {
    let type = try type(plan.kind)
    return type.init(try ObjectiveSettings(plan, understood: type.options))
  }

  /// - Throws: `objective.kind`, naming the nearest valid one.
  static func type(_ kind: String) throws -> any TrainingObjective.Type {
    if let type = all.first(where: { $0.kind == kind }) { return type }
    throw TributaryError(
      "objective.kind", "there is no objective \"\(kind)\"",
      advice: NearestName.advice(to: kind, among: all.map { $0.kind }))
  }

  /// Every kind with its settings, for `--help`.
  public static var help: String {
    all.map { type in
      (["\(type.kind)", "    \(type.summary)"] + type.options.map { "    \($0.help)" })
        .joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
