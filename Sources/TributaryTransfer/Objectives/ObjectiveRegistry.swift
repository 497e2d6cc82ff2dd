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
  ]

  /// What `plan` names, with its settings.
  /// - Throws: `objective.kind` or `objective.option`, each naming the nearest valid name.
  static func make(_ plan: ObjectivePlan) throws -> any TrainingObjective {
    guard let type = all.first(where: { $0.kind == plan.kind }) else {
      throw TributaryError(
        "objective.kind", "there is no objective \"\(plan.kind)\"",
        advice: NearestName.advice(to: plan.kind, among: all.map { $0.kind }))
    }
    return type.init(try ObjectiveSettings(plan, understood: type.options))
  }

  /// Every kind with its settings, for `--help`.
  public static var help: String {
    all.map { type in
      (["\(type.kind)", "    \(type.summary)"] + type.options.map { "    \($0.help)" })
        .joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
