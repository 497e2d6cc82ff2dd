public import TributaryPlan

/// One key that a partitioner understands beside those that all have.
public struct PartitionSetting: Sendable {
  public enum Form: Sendable {
    case number(ClosedRange<Double>)
    /// One number for all, or a list with one each.
    case numbers(ClosedRange<Double>)
    case wholeNumber(ClosedRange<Int>)
    case wholeNumbers(ClosedRange<Int>)
    case truth
    case choice([String])
    /// A name, or a number.
    case word
    /// A file; it stands in `data.partition.path`.
    case path
  }

  public let name: String
  public let form: Form
  /// nil: the partitioner does without it.
  public let defaultValue: PlanSetting?
  public let isRequired: Bool
  /// One line for `--help`.
  public let summary: String

  public init(
    _ name: String, _ form: Form, default defaultValue: PlanSetting? = nil, required: Bool = false,
    _ summary: String
  ) {
    self.name = name
    self.form = form
    self.defaultValue = defaultValue
    isRequired = required
    self.summary = summary
  }

  /// The one that names a file.
  static func path(required: Bool = false, _ summary: String) -> PartitionSetting {
    PartitionSetting("path", .path, required: required, summary)
  }

  /// The concentration of a Dirichlet distribution.
  static func alpha(_ summary: String) -> PartitionSetting {
    PartitionSetting("alpha", .numbers(1e-12...1e9), default: 0.5, summary)
  }

  /// What is expected, for errors and for help.
  var expectation: String {
    switch form {
    case .number(let range): "a number \(Self.text(range))"
    case .numbers(let range): "a number \(Self.text(range)), or a list of them"
    case .wholeNumber(let range): "a whole number \(Self.text(range))"
    case .wholeNumbers(let range): "a list of whole numbers \(Self.text(range))"
    case .truth: "true or false"
    case .choice(let words): words.joined(separator: " | ")
    case .word: "a name or a number"
    case .path: "a path"
    }
  }

  func accepts(_ value: PlanSetting) -> Bool {
    switch (form, value) {
    case (.number(let range), .number(let number)),
      (.numbers(let range), .number(let number)):
      range.contains(number)
    case (.numbers(let range), .list(let list)):
      !list.isEmpty && list.allSatisfy { $0.number.map(range.contains) ?? false }
    case (.wholeNumber(let range), .number): value.wholeNumber.map(range.contains) ?? false
    case (.wholeNumbers(let range), .list(let list)):
      !list.isEmpty && list.allSatisfy { $0.wholeNumber.map(range.contains) ?? false }
    case (.truth, .truth): true
    case (.choice(let words), .text(let word)): words.contains(word)
    case (.word, .text(let word)): !word.isEmpty
    case (.word, .number): true
    default: false
    }
  }

  private static func text(_ range: ClosedRange<Double>) -> String {
    "from \(PlanSetting.number(range.lowerBound)) to \(PlanSetting.number(range.upperBound))"
  }

  private static func text(_ range: ClosedRange<Int>) -> String {
    "from \(range.lowerBound) to \(range.upperBound)"
  }
}

extension PlanSetting {
  var number: Double? {
    guard case .number(let number) = self else { return nil }
    return number
  }

  var list: [PlanSetting]? {
    guard case .list(let list) = self else { return nil }
    return list
  }

  var wholeNumber: Int? { number.flatMap { Int(exactly: $0) } }
}
