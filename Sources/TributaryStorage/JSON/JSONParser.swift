public import TributaryCore

extension JSON {
  /// Parses RFC 8259 JSON. A name twice in one object, depth over 64 or bytes behind the value are
  /// errors.
  ///
  /// - Parameter name: of the file, for the error.
  /// - Throws: `json.syntax` with the byte offset.
  public init(parsing bytes: Bytes, name: String) throws {
    self = try bytes.withUnsafeBytes { buffer throws -> JSON in
      var parser = JSONParser(bytes: buffer.bindMemory(to: UInt8.self), name: name)
      return try parser.document()
    }
  }
}

private struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  let name: String
  var index = 0

  init(bytes: UnsafeBufferPointer<UInt8>, name: String) {
    self.bytes = bytes
    self.name = name
  }

  mutating func document() throws -> JSON {
    let value = try value(depth: 0)
    skipSpace()
    guard index == bytes.count else { throw error("something follows the value") }
    return value
  }

  private mutating func value(depth: Int) throws -> JSON {
    guard depth < 64 else { throw error("nested too deep") }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func object(depth: Int) throws -> JSON {
    index += 1
    var entries: [(name: String, value: JSON)] = []
    // By bytes: two names that Unicode deems equivalent are still two.
    var names: Set<[UInt8]> = []
    skipSpace()
    if take("}") { return .object([]) }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("a name must be a string") }
      let name = try string()
      guard names.insert(Array(name.utf8)).inserted else {
        throw error("\"\(name)\" stands there twice")
      }
      skipSpace()
      guard take(":") else { throw error("expected ':'") }
      entries.append((name, try value(depth: depth + 1)))
      skipSpace()
    } while take(",")
    guard take("}") else { throw error("expected ',' or '}'") }
    return .object(entries)
  }

  private mutating func array(depth: Int) throws -> JSON {
    index += 1
    var values: [JSON] = []
    skipSpace()
    if take("]") { return .array([]) }
    repeat {
      values.append(try value(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw error("expected ',' or ']'") }
    return .array(values)
  }

  private mutating func string() throws -> String {
    index += 1
    var units: [UInt8] = []
    while true {
      guard let byte = peek else { throw error("the text ends inside a string") }
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else {
          throw error("a string is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): try escape(into: &units)
      case 0..<0x20: throw error("a control character stands in a string")
      default: units.append(byte)
      }
    }
  }

  private mutating func escape(into units: inout [UInt8]) throws {
    guard let byte = peek else { throw error("the text ends inside a string") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
    case UInt8(ascii: "b"): units.append(8)
    case UInt8(ascii: "f"): units.append(12)
    case UInt8(ascii: "n"): units.append(10)
    case UInt8(ascii: "r"): units.append(13)
    case UInt8(ascii: "t"): units.append(9)
    case UInt8(ascii: "u"):
      var code = UInt32(try hexadecimal())
      if (0xd800..<0xdc00).contains(code) {
        guard take("\\"), take("u") else { throw error("half a surrogate pair") }
        let low = UInt32(try hexadecimal())
        guard (0xdc00..<0xe000).contains(low) else { throw error("half a surrogate pair") }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair") }
      units += Array(String(Character(scalar)).utf8)
    default: throw error("unknown escape")
    }
  }

  private mutating func hexadecimal() throws -> UInt16 {
    guard index + 4 <= bytes.count else { throw error("the text ends inside a string") }
    let digits = bytes[index..<(index + 4)]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw error("\\u needs four hexadecimal digits") }
    index += 4
    return code
  }

  private mutating func number() throws -> JSON {
    let start = index
    while let byte = peek, "+-.eE0123456789".utf8.contains(byte) { index += 1 }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    guard let first = text.utf8.first,
      first == UInt8(ascii: "-") || (0x30...0x39).contains(first)
    else {
      index = start
      throw error("expected a value")
    }
    if let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw error("no number: \(text)") }
    return .number(number)
  }

  private mutating func word(_ text: StaticString, _ value: JSON) throws -> JSON {
    let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[index...].starts(with: expected) else { throw error("expected a value") }
    index += expected.count
    return value
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let byte = peek, UInt32(byte) == character.value else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || (byte >= 9 && byte <= 13 && byte != 11 && byte != 12) {
      index += 1
    }
  }

  private func error(_ what: String) -> TributaryError {
    TributaryError("json.syntax", "\(name): not JSON at byte \(index): \(what)")
  }
}
