/// A setting that the plan does not know: whoever owns it checks it.
public enum PlanSetting: Sendable, Hashable {
  case number(Double)
  case truth(Bool)
  case text(String)
  case list([PlanSetting])
}

extension PlanSetting: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let truth = try? container.decode(Bool.self) {
      self = .truth(truth)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .list(try container.decode([PlanSetting].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .truth(let truth): try container.encode(truth)
    case .text(let text): try container.encode(text)
    case .list(let list): try container.encode(list)
    }
  }
}

extension PlanSetting: CustomStringConvertible {
  /// As it is written in YAML; whole numbers without a point.
  public var description: String {
    switch self {
    case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
    case .truth(let truth): "\(truth)"
    case .text(let text): text
    case .list(let list): "[\(list.map(\.description).joined(separator: ", "))]"
    }
  }
}

extension PlanSetting: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  public init(booleanLiteral value: Bool) { self = .truth(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(arrayLiteral elements: PlanSetting...) { self = .list(elements) }
}

extension PlanNode {
  /// A scalar or a list of scalars and lists; a number, `true` and `false` only without quotes.
  func setting() throws -> PlanSetting {
    let expected = "a number, true, false, a word or a list"
    switch content {
    case .sequence(let nodes): return .list(try nodes.map { try $0.setting() })
    case .mapping: throw mismatch(expected)
    case .scalar(let text, let plain):
      guard !isNull else { throw mismatch(expected) }
      if plain, let number = try? number() { return .number(number) }
      if plain, let truth = try? PlanValue.truth.parse(self, .none) { return .truth(truth) }
      return .text(text)
    }
  }
}
