/// Why a value cannot be taken: the part of the error after the key.
struct PlanMismatch: Error {
  let text: String
  init(_ text: String) { self.text = text }
}

/// One kind of value: how it is read from YAML, and how help describes and prints it.
struct PlanValue<Value: Sendable>: Sendable {
  let type: String
  let parse: @Sendable (PlanNode, PlanPaths) throws -> Value
  let show: @Sendable (Value) -> String?

  init(
    _ type: String, show: @escaping @Sendable (Value) -> String? = { "\($0)" },
    parse: @escaping @Sendable (PlanNode, PlanPaths) throws -> Value
  ) {
    self.type = type
    self.show = show
    self.parse = parse
  }

  /// The same, or nothing.
  var optional: PlanValue<Value?> {
    PlanValue<Value?>(type, show: { $0.flatMap(show) }) { node, paths in
      node.isNull ? nil : try parse(node, paths)
    }
  }
}

extension PlanNode {
  func mismatch(_ expected: String) -> PlanMismatch {
    PlanMismatch(
      isNull ? "has no value; expected \(expected)" : "expected \(expected), found \(found)")
  }

  /// - Parameter quotedToo: whether quotes are allowed (they make a number a text).
  func text(_ expected: String, quotedToo: Bool = true) throws -> String {
    guard case .scalar(let text, let plain) = content, !isNull, plain || quotedToo else {
      throw mismatch(expected)
    }
    return text
  }

  func list<Value>(_ expected: String, of element: (PlanNode) throws -> Value) throws -> [Value] {
    guard case .sequence(let nodes) = content else { throw mismatch(expected) }
    return try nodes.map(element)
  }

  func wholeNumber(_ expected: String = "a whole number") throws -> Int {
    guard let number = Int(try text(expected, quotedToo: false)) else { throw mismatch(expected) }
    return number
  }

  func number() throws -> Double {
    let text = try text("a number", quotedToo: false)
    // Swift also reads "nan", "inf" and hexadecimal; a plan has plain decimal numbers.
    guard text.allSatisfy({ "+-.0123456789eE".contains($0) }), let number = Double(text),
      number.isFinite
    else { throw mismatch("a number") }
    return number
  }
}

extension PlanValue where Value == Int {
  static func wholeNumber(_ bounds: PlanBounds) -> PlanValue {
    PlanValue("whole number \(bounds)") { node, _ in
      let number = try node.wholeNumber()
      try bounds.check(Double(number), as: "\(number)")
      return number
    }
  }
}

extension PlanValue where Value == UInt64 {
  static let seed = PlanValue("whole number >= 0") { node, _ in
    let text = try node.text("a whole number", quotedToo: false)
    guard let number = UInt64(text) else {
      throw node.mismatch("a whole number from 0 to \(UInt64.max)")
    }
    return number
  }
}

extension PlanValue where Value == Double {
  static func number(_ bounds: PlanBounds) -> PlanValue {
    PlanValue("number \(bounds)") { node, _ in
      let number = try node.number()
      try bounds.check(number, as: "\(number)")
      return number
    }
  }
}

extension PlanValue where Value == Bool {
  static let truth = PlanValue("true or false") { node, _ in
    switch try node.text("true or false", quotedToo: false) {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: throw node.mismatch("true or false")
    }
  }
}

extension PlanValue where Value == String {
  static let text = PlanValue("text") { node, _ in
    let text = try node.text("text")
    guard !text.isEmpty else { throw PlanMismatch("is empty") }
    return text
  }

  static let path = PlanValue("path") { node, paths in
    let text = try node.text("a path")
    guard !text.isEmpty else { throw PlanMismatch("is empty") }
    return try paths.resolve(text, from: node.source)
  }

  /// A path, or a model of a hub, which whoever knows the hub's cache finds later.
  static let model = PlanValue("path or hub:OWNER/NAME") { node, paths in
    try node.text("a path").hasPrefix("hub:") ? node.text("a path") : path.parse(node, paths)
  }

  /// A registered name, looked up later by whoever owns the registry.
  static let identifier = PlanValue("name") { node, _ in
    let text = try node.text("a name")
    let valid = text.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        || "-_.".unicodeScalars.contains($0)
    }
    guard valid, !text.isEmpty else {
      throw PlanMismatch(
        "expected a name of letters, digits, '-', '_' and '.', found \(node.found)")
    }
    return text
  }
}

extension PlanValue
where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
  /// One of an enumeration's words.
  static var choice: PlanValue {
    let names = Value.allCases.map(\.rawValue)
    return PlanValue(names.joined(separator: " | "), show: { $0.rawValue }) { node, _ in
      let text = try node.text("one of \(names.joined(separator: ", "))")
      if let value = Value(rawValue: text) { return value }
      let near = NearestName.of(text, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
      throw PlanMismatch(
        "\"\(text.prefix(60))\" is none of \(names.joined(separator: ", "))\(near)")
    }
  }
}

/// The numbers a setting may have.
struct PlanBounds: Sendable, CustomStringConvertible {
  var lower: Double
  var includesLower = true
  var upper = Double.infinity
  var includesUpper = true

  static func atLeast(_ lower: Double) -> PlanBounds { PlanBounds(lower: lower) }
  static func above(_ lower: Double) -> PlanBounds {
    PlanBounds(lower: lower, includesLower: false)
  }
  static func range(_ lower: Double, _ upper: Double) -> PlanBounds {
    PlanBounds(lower: lower, upper: upper)
  }
  static func range(_ lower: Double, below upper: Double) -> PlanBounds {
    PlanBounds(lower: lower, upper: upper, includesUpper: false)
  }

  var description: String {
    let low = "\(includesLower ? ">=" : ">") \(Self.text(lower))"
    return upper == .infinity ? low : "\(low) and \(includesUpper ? "<=" : "<") \(Self.text(upper))"
  }

  func check(_ number: Double, as text: String) throws {
    let lowEnough = includesUpper ? number <= upper : number < upper
    let highEnough = includesLower ? number >= lower : number > lower
    guard lowEnough, highEnough else { throw PlanMismatch("must be \(self), is \(text)") }
  }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}
