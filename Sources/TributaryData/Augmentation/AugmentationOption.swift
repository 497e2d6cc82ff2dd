internal import TributaryCore
internal import TributaryPlan

/// A number that an augmentation understands.
public struct AugmentationOption: Sendable {
  public let name: String
  public let range: ClosedRange<Double>
  public let defaultValue: Double
  /// One line for `--help`.
  public let summary: String

  init(
    _ name: String, _ range: ClosedRange<Double>, default defaultValue: Double, _ summary: String
  ) {
    self.name = name
    self.range = range
    self.defaultValue = defaultValue
    self.summary = summary
  }

  /// How often it happens at all.
  static func probability(_ value: Double) -> AugmentationOption {
    AugmentationOption("probability", 0...1, default: value, "how often it happens")
  }
}

/// An augmentation's numbers, checked, with defaults filled in.
public struct AugmentationOptions: Sendable {
  private var values: [String: Double]

  /// - Throws: `data.augment` for a name that is not understood, or a value out of range.
  init(_ plan: AugmentationPlan, understood: [AugmentationOption]) throws {
    values = Dictionary(uniqueKeysWithValues: understood.map { ($0.name, $0.defaultValue) })
    for (name, setting) in plan.settings.sorted(by: { $0.key < $1.key }) {
      guard let option = understood.first(where: { $0.name == name }) else {
        let known = understood.map(\.name)
        throw TributaryError(
          "data.augment", "data.augment: \(plan.kind) has no \(name)",
          advice: NearestName.of(name, among: known).map { "did you mean \"\($0)\"?" }
            ?? "known here: \(known.joined(separator: ", "))")
      }
      guard let number = setting.number, option.range.contains(number) else {
        throw TributaryError(
          "data.augment",
          "data.augment: \(plan.kind).\(name) is \(setting); expected a number from "
            + "\(PlanSetting.number(option.range.lowerBound)) to "
            + "\(PlanSetting.number(option.range.upperBound))")
      }
      values[name] = number
    }
  }

  /// What is asked for otherwise than declared is the augmentation's own mistake.
  subscript(name: String) -> Double {
    guard let value = values[name] else { preconditionFailure("no option \(name) is declared") }
    return value
  }
}
