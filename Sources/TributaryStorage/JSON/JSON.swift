/// A JSON value whose objects keep their order and are known to have no name twice.
///
/// Own, rather than Foundation's, which takes a name twice without a word (a checkpoint's header must be
/// refused then) and forgets the order that files of ours and of Hugging Face are to keep.
public enum JSON: Sendable, Equatable {
  /// A name with its value in an object.
  public typealias Member = (name: String, value: JSON)

  case null
  case bool(Bool)
  case integer(Int)
  /// NaN and the infinities, which JSON lacks, are written as null.
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])

  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  public var object: [Member]? {
    if case .object(let value) = self { value } else { nil }
  }
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value called `name` in an object; nil elsewhere. Setting nil removes it.
  public subscript(name: String) -> JSON? {
    get { object?.first { $0.name == name }?.value }
    set {
      var entries = object ?? []
      let index = entries.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): entries[index].value = value
      case (let index?, nil): entries.remove(at: index)
      case (nil, let value?): entries.append((name, value))
      case (nil, nil): break
      }
      self = .object(entries)
    }
  }

  public static func == (left: JSON, right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    default: false
    }
  }
}
