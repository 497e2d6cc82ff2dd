internal import TributaryCore
internal import TributaryStorage

/// `audio` of an image in our `config.json`: what of a recording the map is made of.
extension AudioFeatures {
  /// - Throws: `model.configuration` for what is missing or cannot be; it may come from a peer.
  init(_ json: JSON) throws {
    let standard = AudioFeatures()
    func whole(_ name: String, _ value: Int) throws -> Int {
      guard let found = json[name] else { return value }
      guard let number = found.integer else { throw Self.error("\(name) is no whole number") }
      return number
    }
    func number(_ name: String, _ value: Double) throws -> Double {
      guard let found = json[name] else { return value }
      guard let number = found.double else { throw Self.error("\(name) is no number") }
      return number
    }
    func named<Value: RawRepresentable<String>>(_ name: String, _ standard: Value) throws -> Value {
      guard let text = json[name]?.string else { return standard }
      guard let value = Value(rawValue: text) else {
        throw Self.error("\(name) cannot be \(text.prefix(40))")
      }
      return value
    }
    try self.init(
      kind: named("features", standard.kind),
      sampleRate: whole("sample_rate", standard.sampleRate), bands: whole("bands", standard.bands),
      coefficients: whole("coefficients", standard.coefficients),
      windowMilliseconds: number("window_milliseconds", standard.windowMilliseconds),
      hopMilliseconds: number("hop_milliseconds", standard.hopMilliseconds),
      seconds: number("seconds", standard.seconds),
      normalize: named("normalize", standard.normalize))
    if let problem { throw Self.error("\(problem.key) \(problem.text)") }
  }

  var json: JSON {
    .object([
      ("features", .string(kind.rawValue)), ("sample_rate", .integer(sampleRate)),
      ("bands", .integer(bands)), ("coefficients", .integer(coefficients)),
      ("window_milliseconds", .number(windowMilliseconds)),
      ("hop_milliseconds", .number(hopMilliseconds)), ("seconds", .number(seconds)),
      ("normalize", .string(normalize.rawValue)),
    ])
  }

  private static func error(_ what: String) -> TributaryError {
    TributaryError("model.configuration", "config.json: audio's \(what)")
  }
}
