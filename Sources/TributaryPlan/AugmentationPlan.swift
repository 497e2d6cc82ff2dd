/// One random change of training examples, by its registered name, with its own settings.
public struct AugmentationPlan: Sendable, Codable, Equatable {
  public var kind: String
  public var settings: [String: PlanSetting]

  /// The setting with groups of words; in run.yaml a file may stand for it (`path`).
  public static let wordsKey = "words"

  public init(kind: String, settings: [String: PlanSetting] = [:]) {
    self.kind = kind
    self.settings = settings
  }
}
