internal import TributaryCore
internal import TributaryPlan

/// A setting that an augmentation understands.
public struct AugmentationOption: Sendable {
  enum Value: Sendable {
    case number(ClosedRange<Double>, default: Double)
    /// Lists of words.
    case groups
  }

  public let name: String
  let value: Value
  /// One line for `--help`.
  public let summary: String

  init(
    _ name: String, _ range: ClosedRange<Double>, default defaultValue: Double, _ summary: String
  ) {
    self.name = name
    value = .number(range, default: defaultValue)
    self.summary = summary
  }

  private init(groups name: String, _ summary: String) {
    self.name = name
    value = .groups
    self.summary = summary
  }

  static func groups(_ name: String, _ summary: String) -> AugmentationOption {
    AugmentationOption(groups: name, summary)
  }

  /// How often it happens at all.
  static func probability(_ value: Double) -> AugmentationOption {
    AugmentationOption("probability", 0...1, default: value, "how often it happens")
  }

  /// A line of `--help`.
  var help: String {
    switch value {
    case .number(_, let standard): "\(name)  (default \(PlanSetting.number(standard)))  \(summary)"
    case .groups: "\(name)  \(summary)"
    }
  }
}

/// An augmentation's settings, checked, with defaults filled in.
public struct AugmentationOptions: Sendable {
  private var numbers: [String: Double] = [:]
  private var groups: [String: [[String]]] = [:]

  /// - Throws: `data.augment` for a name that is not understood, or a value out of range.
  init(_ plan: AugmentationPlan, understood: [AugmentationOption]) throws {
    for option in understood {
      switch option.value {
      case .number(_, let standard): numbers[option.name] = standard
      case .groups: groups[option.name] = []
      }
    }
    for (name, setting) in plan.settings.sorted(by: { $0.key < $1.key }) {
      guard let option = understood.first(where: { $0.name == name }) else {
        let known = understood.map(\.name)
        throw TributaryError(
          "data.augment", "data.augment: \(plan.kind) has no \(name)",
          advice: NearestName.of(name, among: known).map { "did you mean \"\($0)\"?" }
            ?? "known here: \(known.joined(separator: ", "))")
      }
      switch option.value {
      case .number(let range, _): numbers[name] = try setting.number(in: range, plan.kind, name)
      case .groups: groups[name] = try setting.groups(plan.kind, name)
      }
    }
    for (name, given) in groups where given.isEmpty {
      throw TributaryError(
        "data.augment", "data.augment: \(plan.kind) needs \(name)",
        advice: "give lists of words, or a file of them as path")
    }
  }

  /// What is asked for otherwise than declared is the augmentation's own mistake.
  subscript(name: String) -> Double {
    guard let value = numbers[name] else { preconditionFailure("no number \(name) is declared") }
    return value
  }

  subscript(groups name: String) -> [[String]] {
    guard let value = groups[name] else { preconditionFailure("no groups \(name) are declared") }
    return value
  }
}

extension PlanSetting {
  fileprivate func number(
    in range: ClosedRange<Double>, _ kind: String, _ name: String
  ) throws -> Double {
    guard case .number(let number) = self, range.contains(number) else {
      throw TributaryError(
        "data.augment",
        "data.augment: \(kind).\(name) is \(self); expected a number from "
          + "\(PlanSetting.number(range.lowerBound)) to \(PlanSetting.number(range.upperBound))")
    }
    return number
  }

  /// Lists of two words or more.
  fileprivate func groups(_ kind: String, _ name: String) throws -> [[String]] {
    let groups: [[String]]? = list?.compactMap { group in
      guard let words = group.list?.map(\.description), words.count > 1,
        words.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 200 })
      else { return nil }
      return words
    }
    guard let groups, !groups.isEmpty, groups.count == list?.count else {
      throw TributaryError(
        "data.augment", "data.augment: \(kind).\(name) needs lists of two words or more",
        advice: "as {kind: \(kind), \(name): [[film, movie], [good, fine]]}")
    }
    return groups
  }
}
