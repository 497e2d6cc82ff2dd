internal import TributaryCore

/// Reads a pickle's bytes from front to back; a length beyond their end is an error before anything is made.
struct PickleCursor {
  let bytes: Bytes
  /// Of the file, for errors.
  let name: String
  var offset: Int

  init(_ bytes: Bytes, name: String, offset: Int = 0) {
    self.bytes = bytes
    self.name = name
    self.offset = offset
  }

  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    _: Value.Type = Value.self
  ) throws -> Value {
    guard let value = bytes.littleEndian(at: offset, as: Value.self) else { throw ended }
    offset += MemoryLayout<Value>.size
    return value
  }

  /// The next `count` bytes, not copied.
  mutating func take(_ count: some FixedWidthInteger) throws -> Bytes {
    guard let count = Int(exactly: count), count >= 0, count <= bytes.count - offset else {
      throw ended
    }
    offset += count
    return bytes[(offset - count)..<offset]
  }

  /// The next `count` bytes as text; what is no UTF-8 becomes U+FFFD.
  mutating func text(_ count: some FixedWidthInteger) throws -> String {
    try take(count).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// The bytes before the next line feed, which has to come soon: a module's or a class's name.
  mutating func line() throws -> String {
    let limit = min(bytes.count, offset + 256)
    let length = bytes[offset..<limit].withUnsafeBytes { $0.firstIndex(of: UInt8(ascii: "\n")) }
    guard let length else { throw error("a name without an end") }
    let line = try text(length)
    offset += 1
    return line
  }

  func error(_ what: String) -> TributaryError {
    TributaryError(
      "checkpoint.pickle", "\(name): \(what), at byte \(offset) of its pickle",
      advice: "load it in PyTorch where you trust it, and save its state_dict() alone")
  }

  private var ended: TributaryError {
    TributaryError(
      "checkpoint.truncated", "\(name): its pickle ends too early, at byte \(offset)",
      advice: "fetch or copy the file again")
  }
}
