/// One term of what training minimises beside the task's loss: its kind, and settings that whoever owns the kind
/// checks.
public struct ObjectivePlan: Sendable, Codable, Equatable {
  public var kind: String
  public var settings: [String: PlanSetting]

  public init(kind: String, settings: [String: PlanSetting] = [:]) {
    self.kind = kind
    self.settings = settings
  }

  /// The setting that names a model on this machine: it stays here, whatever is read from there travels.
  public static let modelKey = "model"

  /// This plan for another machine, without the path.
  public var withoutPath: ObjectivePlan {
    var plan = self
    if plan.settings[Self.modelKey] != nil { plan.settings[Self.modelKey] = "sent" }
    return plan
  }
}
