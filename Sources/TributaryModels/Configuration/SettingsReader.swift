internal import TributaryCore
internal import TributaryStorage

/// Reads an architecture's hyperparameters out of `ModelConfiguration.settings`, which may come from a peer.
///
/// An entry that is missing or null takes the default; one that cannot be is `model.configuration`.
struct SettingsReader {
  let json: JSON

  init(_ json: JSON) { self.json = json }

  /// The first of `names` that is there: architectures renamed some of theirs.
  func value(_ names: [String]) -> (name: String, value: JSON)? {
    for name in names {
      if let value = json[name], value != .null { return (name, value) }
    }
    return nil
  }

  /// A whole number of at least 1.
  func size(_ names: String..., default standard: Int, limit: Int = 1 << 24) throws -> Int {
    guard let (name, value) = value(names) else { return standard }
    guard let size = value.integer, (1...limit).contains(size) else {
      throw Self.error("\(name) is no possible size")
    }
    return size
  }

  /// A number of 0 or more that float32 can hold.
  func number(_ name: String, default standard: Float) throws -> Float {
    guard let (name, value) = value([name]) else { return standard }
    guard let number = value.double.map({ Float($0) }), number.isFinite, number >= 0 else {
      throw Self.error("\(name) is no possible number")
    }
    return number
  }

  /// A factor, 1 where nothing is said; in double precision, so that products round as in the reference.
  func factor(_ name: String, in range: ClosedRange<Double>) throws -> Double {
    guard let (name, value) = value([name]) else { return 1 }
    guard let number = value.double, range.contains(number) else {
      throw Self.error("\(name) must lie in \(range)")
    }
    return number
  }

  /// One of `choices`; the first where nothing is said.
  func choice(_ name: String, _ choices: [String]) throws -> String {
    guard let (name, value) = value([name]) else { return choices[0] }
    guard let choice = value.string, choices.contains(choice) else {
      throw Self.error("\(name) must be one of \(choices.joined(separator: ", "))")
    }
    return choice
  }

  /// A dropout probability; nil where nothing is said.
  func probability(_ name: String) throws -> Float? {
    guard let (name, value) = value([name]) else { return nil }
    // As float32: what is below 1 as float64 may round to it.
    guard let number = value.double.map({ Float($0) }), (0..<1).contains(number) else {
      throw Self.error("\(name) must lie in 0..<1")
    }
    return number
  }

  /// A token id, which lies in 0..<`limit`; nil where nothing is said.
  func token(_ name: String, limit: Int) throws -> Int32? {
    guard let (name, value) = value([name]) else { return nil }
    guard let id = value.integer, (0..<limit).contains(id) else {
      throw Self.error("\(name) is no token of the vocabulary")
    }
    return Int32(id)
  }

  /// - Throws: where `name` says anything but `expected`: a variant that the architecture here lacks.
  func require(_ name: String, _ expected: JSON) throws {
    guard let (name, value) = value([name]), value != expected else { return }
    throw Self.error("\(name) \(value.text) is not supported, only \(expected.text)")
  }

  static func error(_ what: String) -> TributaryError {
    TributaryError("model.configuration", "config.json: \(what)")
  }
}
