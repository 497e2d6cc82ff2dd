internal import TributaryCore
internal import TributaryPlan

/// One number that a strategy understands.
public struct StrategyOption: Sendable, Equatable {
  public var name: String
  /// nil: the strategy does without it.
  public var defaultValue: Double?
  public var range: ClosedRange<Double>
  /// One line for `--help` and for error messages: what it does and what it may be.
  public var summary: String

  public init(
    _ name: String, default defaultValue: Double?, in range: ClosedRange<Double>, _ summary: String
  ) {
    self.name = name
    self.defaultValue = defaultValue
    self.range = range
    self.summary = summary
  }
}

/// A strategy's numbers, checked, with defaults filled in.
public struct StrategyOptions: Sendable, Equatable {
  private var values: [String: Double]

  /// - Throws: `strategy.option` for an unknown name (naming the nearest valid one) or a value out of
  ///   its range.
  init(_ given: [String: Double], for kind: String, understood: [StrategyOption]) throws {
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let option = understood.first(where: { $0.name == name }) else {
        throw TributaryError(
          "strategy.option", "the strategy \(kind) has no option \"\(name)\"",
          advice: NearestName.advice(to: name, among: understood.map(\.name)))
      }
      guard option.range.contains(value) else {
        throw TributaryError(
          "strategy.option", "\(name) of the strategy \(kind) cannot be \(value)",
          advice: option.summary)
      }
    }
    let defaults = understood.compactMap { option in option.defaultValue.map { (option.name, $0) } }
    values = Dictionary(uniqueKeysWithValues: defaults).merging(given) { _, given in given }
  }

  /// The value of an option that has a default or was given.
  public subscript(name: String) -> Double? { values[name] }
}
