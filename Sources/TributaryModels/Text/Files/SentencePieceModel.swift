internal import TributaryCore

/// The parts of a sentencepiece model (`spiece.model`, a protocol buffer) that a tokenizer needs.
///
/// Read by hand: five fields of the format, sentencepiece_model.proto, are all that matter here.
struct SentencePieceModel: Sendable {
  var pieces: [(token: String, score: Double)] = []
  /// 1: unigram, 2: byte-pair encoding.
  var kind = 1
  /// Piece types by id: 1 ordinary, 2 unknown, 3 control, 4 the trainer's user's.
  var types: [Int] = []
  var charsmap: [UInt8] = []

  var unknown: Int? { types.firstIndex(of: 2) }

  /// - Throws: `tokenizer.sentencepiece` where the bytes are no such model.
  init(_ bytes: Bytes) throws {
    try bytes.withUnsafeBytes { buffer in
      try Self.forEachField(of: buffer) { field, value in
        switch (field, value) {
        case (1, .bytes(let piece)): try readPiece(piece)
        case (2, .bytes(let trainer)):
          try Self.forEachField(of: trainer) { field, value in
            if case (3, .number(let kind)) = (field, value) {
              self.kind = Int(truncatingIfNeeded: kind)
            }
          }
        case (3, .bytes(let normalizer)):
          try Self.forEachField(of: normalizer) { field, value in
            if case (2, .bytes(let map)) = (field, value) { charsmap = Array(map) }
          }
        default: break
        }
      }
    }
    guard !pieces.isEmpty else { throw Self.malformed }
  }

  private mutating func readPiece(_ bytes: UnsafeRawBufferPointer) throws {
    var token = ""
    var score = 0.0
    var type = 1
    try Self.forEachField(of: bytes) { field, value in
      switch (field, value) {
      case (1, .bytes(let text)):
        guard let text = String(validating: text, as: UTF8.self) else { throw Self.malformed }
        token = text
      case (2, .word(let bits)): score = Double(Float(bitPattern: bits))
      case (3, .number(let number)): type = Int(truncatingIfNeeded: number)
      default: break
      }
    }
    guard score.isFinite else { throw Self.malformed }
    pieces.append((token, score))
    types.append(type)
  }

  private enum Value {
    case number(UInt64)
    case word(UInt32)
    case bytes(UnsafeRawBufferPointer)
  }

  private static let malformed = TributaryError(
    "tokenizer.sentencepiece", "spiece.model is cut or no sentencepiece model")

  /// The fields of a protocol buffer's message, in order.
  private static func forEachField(
    of buffer: UnsafeRawBufferPointer, _ body: (Int, Value) throws -> Void
  ) throws {
    var index = 0
    func number() throws -> UInt64 {
      var result: UInt64 = 0
      for shift in stride(from: UInt64(0), to: 64, by: 7) {
        guard index < buffer.count else { break }
        let byte = buffer[index]
        index += 1
        result |= UInt64(byte & 0x7f) << shift
        if byte < 0x80 { return result }
      }
      throw malformed
    }
    func take(_ count: UInt64) throws -> UnsafeRawBufferPointer {
      guard count <= UInt64(buffer.count - index) else { throw malformed }
      defer { index += Int(count) }
      return UnsafeRawBufferPointer(rebasing: buffer[index..<index + Int(count)])
    }
    while index < buffer.count {
      let key = try number()
      let field = Int(truncatingIfNeeded: key >> 3)
      switch key & 7 {
      case 0: try body(field, .number(number()))
      case 1: _ = try take(8)
      case 2: try body(field, .bytes(take(number())))
      case 5:
        try body(field, .word(UInt32(littleEndian: take(4).loadUnaligned(as: UInt32.self))))
      default: throw malformed
      }
    }
  }
}
