public import TributaryCore
public import TributaryPlan

/// A partitioner's settings, checked, with defaults filled in.
public struct PartitionSettings: Sendable {
  public let plan: PartitionPlan
  private let values: [String: PlanSetting]

  /// What every partitioner understands.
  private static let common = ["kind", "clients", "minimumExamples"]

  /// - Throws: `data.partition` for an unknown key (naming the nearest valid one, or the kinds that have
  ///   it), a value of the wrong form or range, or one that is missing.
  init(_ plan: PartitionPlan, for type: any Partitioner.Type) throws {
    self.plan = plan
    let understood = type.settings
    var values = Dictionary(
      uniqueKeysWithValues: understood.compactMap { setting in
        setting.defaultValue.map { (setting.name, $0) }
      })
    var given = plan.settings
    given["path"] = plan.path.map { .text($0) }
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let setting = understood.first(where: { $0.name == name }) else {
        throw Self.failure(
          plan, name, Self.unknown(name, type), advice: Self.suggestion(for: name, type))
      }
      if case .path = setting.form { continue }
      guard setting.accepts(value) else {
        throw Self.failure(plan, name, "expected \(setting.expectation), is \(value)")
      }
      values[name] = value
    }
    self.values = values
    for setting in understood where setting.isRequired && given[setting.name] == nil {
      throw Self.failure(
        plan, setting.name,
        "missing; the kind \(type.kind) expects \(setting.expectation): \(setting.summary)")
    }
  }

  /// `data.partition.clients`, for kinds that cannot do without.
  public var clients: Int {
    get throws {
      guard let clients = plan.clients else {
        throw failure("clients", "missing; the kind \(plan.kind) expects the number of clients")
      }
      return clients
    }
  }

  // The form of each value has been checked: what is asked for otherwise is a partitioner's mistake.

  public func number(_ name: String) -> Double? { values[name]?.number }
  public func wholeNumber(_ name: String) -> Int? { values[name]?.wholeNumber }
  public func word(_ name: String) -> String? { values[name]?.description }

  public func isTrue(_ name: String) -> Bool { values[name] == .truth(true) }

  public func wholeNumbers(_ name: String) -> [Int]? {
    guard case .list(let list)? = values[name] else { return nil }
    return list.compactMap(\.wholeNumber)
  }

  /// A list of `count` numbers: the list that is given, or the one number `count` times.
  /// - Throws: `data.partition` for a list of another length.
  public func numbers(_ name: String, count: Int, of what: String) throws -> [Double] {
    guard case .list(let list)? = values[name] else {
      return [Double](repeating: number(name) ?? 0, count: count)
    }
    guard list.count == count else {
      throw failure(
        name, "has \(list.count) numbers for \(count) \(what)",
        advice: "give one number for all, or one each")
    }
    return list.compactMap(\.number)
  }

  /// An error about `data.partition.KEY`, with the place where the key stands.
  public func failure(_ key: String, _ text: String, advice: String? = nil) -> TributaryError {
    Self.failure(plan, key, text, advice: advice)
  }

  static func failure(
    _ plan: PartitionPlan, _ key: String, _ text: String, advice: String? = nil
  ) -> TributaryError {
    let place = plan.places[key].map { "\($0): " } ?? ""
    return TributaryError(
      "data.partition", "\(place)data.partition.\(key): \(text)", advice: advice)
  }

  private static func unknown(_ name: String, _ type: any Partitioner.Type) -> String {
    let others = PartitionerRegistry.all.filter { other in
      other.settings.contains { $0.name == name }
    }
    return others.isEmpty
      ? "unknown key"
      : "is for \(others.map { $0.kind }.joined(separator: ", ")); the kind is \(type.kind)"
  }

  private static func suggestion(for name: String, _ type: any Partitioner.Type) -> String {
    let known = common + type.settings.map(\.name)
    if let near = NearestName.of(name, among: known) { return "did you mean \"\(near)\"?" }
    return "known here: \(known.joined(separator: ", "))"
  }
}
