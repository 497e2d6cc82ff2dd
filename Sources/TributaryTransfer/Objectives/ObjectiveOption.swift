internal import TributaryCore
internal import TributaryPlan

/// One setting that an objective understands.
public struct ObjectiveOption: Sendable {
  public enum Values: Sendable {
    case number(default: Double, ClosedRange<Double>)
    /// The first is the default.
    case choice([String])
    /// A glob pattern of tensors' names.
    case pattern(default: String)
    /// Any name.
    case name(default: String)
    /// Where a model is; must be given.
    case model
  }

  public var name: String
  public var values: Values
  /// One line for `--help` and for error messages: what it does and what it may be.
  public var summary: String

  public init(_ name: String, _ values: Values, _ summary: String) {
    self.name = name
    self.values = values
    self.summary = summary
  }

  /// What the loss is multiplied by.
  static func weight(default value: Double) -> ObjectiveOption {
    ObjectiveOption(
      "weight", .number(default: value, 0...1e6), "what it counts beside the task's loss")
  }

  /// What of the model is aligned.
  static func layer(default first: String, or second: String) -> ObjectiveOption {
    ObjectiveOption(
      "layer", .choice([first, second]),
      "what is aligned: features (the backbone's) or logits (the classifier's)")
  }

  static let model = ObjectiveOption(
    ObjectivePlan.modelKey, .model, "the other model's folder, file, or a pulled model")

  func allows(_ value: PlanSetting) -> Bool {
    switch (values, value) {
    case (.number(_, let range), .number(let number)): range.contains(number)
    case (.choice(let words), .text(let word)): words.contains(word)
    case (.pattern, .text(let pattern)): !pattern.isEmpty
    case (.name, .text(let name)): (1...512).contains(name.utf8.count)
    case (.model, .text(let path)): !path.isEmpty
    default: false
    }
  }

  var defaultValue: PlanSetting? {
    switch values {
    case .number(let value, _): .number(value)
    case .choice(let words): words.first.map { .text($0) }
    case .pattern(let pattern): .text(pattern)
    case .name(let name): .text(name)
    case .model: nil
    }
  }
}

/// An objective's settings, checked, with defaults filled in.
public struct ObjectiveSettings: Sendable {
  private let values: [String: PlanSetting]

  /// - Throws: `objective.option` for an unknown name (naming the nearest valid one), a value that is not allowed
  ///   or a missing one.
  init(_ plan: ObjectivePlan, understood: [ObjectiveOption]) throws {
    for (name, value) in plan.settings.sorted(by: { $0.key < $1.key }) {
      guard let option = understood.first(where: { $0.name == name }) else {
        throw TributaryError(
          "objective.option", "the objective \(plan.kind) has no setting \"\(name)\"",
          advice: NearestName.advice(to: name, among: understood.map(\.name)))
      }
      guard option.allows(value) else {
        throw TributaryError(
          "objective.option", "\(name) of the objective \(plan.kind) cannot be \(value)",
          advice: option.help)
      }
    }
    let defaults = understood.compactMap { option in option.defaultValue.map { (option.name, $0) } }
    values = Dictionary(uniqueKeysWithValues: defaults).merging(plan.settings) { $1 }
    if let missing = understood.first(where: { values[$0.name] == nil }) {
      throw TributaryError(
        "objective.option", "the objective \(plan.kind) needs \(missing.name)",
        advice: missing.help)
    }
  }

  /// A number that `options` lists.
  func number(_ name: String) -> Float {
    guard case .number(let value)? = values[name] else { return 0 }
    return Float(value)
  }

  /// A word that `options` lists.
  func word(_ name: String) -> String {
    guard case .text(let word)? = values[name] else { return "" }
    return word
  }
}

extension ObjectiveOption {
  /// Name, values and meaning in one line.
  var help: String {
    let what =
      switch values {
      case .number(let value, let range):
        "\(Self.text(range.lowerBound)) to \(Self.text(range.upperBound)); default \(Self.text(value))"
      case .choice(let words): words.joined(separator: " | ") + "; default \(words.first ?? "")"
      case .pattern(let pattern): "a glob pattern; default \(pattern)"
      case .name(let name): "a name; default \(name)"
      case .model: "path or hub:OWNER/NAME; required"
      }
    return "\(name): \(summary) (\(what))"
  }

  private static func text(_ number: Double) -> String { PlanSetting.number(number).description }
}
