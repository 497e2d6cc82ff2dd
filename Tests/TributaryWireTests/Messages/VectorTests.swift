import Foundation
import Testing
import TributaryCore
import TributaryWire

/// `protocol/vectors/messages.json`: what any implementation must write and read, byte for byte.
@Suite struct VectorTests {
  struct Vector: Codable {
    var name: String
    /// Hexadecimal octets, a string a frame.
    var frames: [String]
  }
  struct Refused: Codable {
    var name: String
    var frames: [String]
    var code: String
  }
  struct File: Codable {
    var version: Int
    var messages: [Vector]
    var refused: [Refused]
  }

  static let path = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("protocol/vectors/messages.json")

  static func hex(_ bytes: Bytes) -> String {
    bytes.array(of: UInt8.self).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  static func bytes(_ hex: String) throws -> Bytes {
    let digits = Array(hex)
    return Bytes(
      copying: try stride(from: 0, to: digits.count, by: 2).map {
        try #require(UInt8(String(digits[$0...($0 + 1)]), radix: 16))
      })
  }

  private func file() throws -> File {
    try JSONDecoder().decode(File.self, from: Data(contentsOf: Self.path))
  }

  @Test func eachMessageIsWrittenAsItsVector() throws {
    let samples = try Samples.all()
    if ProcessInfo.processInfo.environment["TRIBUTARY_WRITE_VECTORS"] != nil {
      try write(samples)
    }
    let vectors = try file().messages
    #expect(vectors.map(\.name) == samples.map(\.name))
    for (vector, sample) in zip(vectors, samples) {
      #expect(try sample.message.frames().map(Self.hex) == vector.frames, "\(vector.name)")
    }
  }

  @Test func eachVectorIsReadAsItsMessage() throws {
    for (vector, sample) in zip(try file().messages, try Samples.all()) {
      let message = try Message(frames: try vector.frames.map(Self.bytes))
      #expect(message == sample.message, "\(vector.name)")
    }
  }

  @Test func everyKindHasAVector() throws {
    #expect(Set(try Samples.all().map(\.message.kind)) == Set(Message.Kind.allCases))
  }

  @Test func whatMustBeRefusedIsRefused() throws {
    let refused = try file().refused
    #expect(refused.count >= 10)
    for vector in refused {
      let error = #expect(throws: TributaryError.self, "\(vector.name)") {
        _ = try Message(frames: try vector.frames.map(Self.bytes))
      }
      #expect(error?.code == vector.code, "\(vector.name)")
    }
  }

  /// Rewrites the file, for a deliberate change of the protocol (a new version).
  private func write(_ samples: [(name: String, message: Message)]) throws {
    let header = { (kind: UInt8, body: [UInt8]) in
      Self.hex(Bytes(copying: [0x54, 1, kind, 0] + body))
    }
    let fetch = { (ranges: [BlobRange]) in
      try Message.fetch(Fetch(request: 1, ranges: ranges)).frames().map(Self.hex)
    }
    let chunk = Message.chunk(
      Chunk(
        request: 1,
        pieces: [.init(digest: Samples.digest, offset: 8, total: 24, bytes: Samples.blob[0..<17])]))
    var task = try Samples.task()
    task.globals.append(task.globals[0])
    var control = try Samples.task()
    control.globals[0].name = "fc\nweight"
    let refused: [Refused] = [
      Refused(name: "no frame", frames: [], code: "wire.malformed"),
      Refused(name: "short prelude", frames: ["540101"], code: "wire.malformed"),
      Refused(name: "other magic", frames: ["55010400"], code: "wire.malformed"),
      Refused(name: "version 2", frames: ["54020400"], code: "wire.version"),
      Refused(name: "kind 0", frames: ["54010000"], code: "wire.malformed"),
      Refused(name: "unknown kind", frames: ["54010e00"], code: "wire.malformed"),
      Refused(name: "fourth octet set", frames: ["54010401"], code: "wire.malformed"),
      Refused(
        name: "no protobuf", frames: [header(4, [0xff, 0xff, 0xff])], code: "wire.malformed"),
      Refused(
        name: "raw frame without a Chunk", frames: ["54010400", "00"], code: "wire.malformed"),
      Refused(name: "Hello without a name", frames: ["54010100"], code: "wire.malformed"),
      Refused(name: "task without a run", frames: ["54010500"], code: "wire.malformed"),
      Refused(name: "Fetch of nothing", frames: try fetch([]), code: "wire.malformed"),
      Refused(
        name: "Fetch over a chunk",
        frames: try fetch([BlobRange(digest: Samples.digest, offset: 0, length: (1 << 20) + 1)]),
        code: "wire.malformed"),
      Refused(
        name: "piece outside its blob", frames: try chunk.frames().map(Self.hex),
        code: "wire.malformed"),
      Refused(
        name: "Chunk without its raw frame",
        frames: [try #require(chunk.frames().map(Self.hex).first)], code: "wire.malformed"),
      Refused(
        name: "one name twice", frames: try Message.assign(task).frames().map(Self.hex),
        code: "wire.malformed"),
      Refused(
        name: "control character in a name",
        frames: try Message.assign(control).frames().map(Self.hex), code: "wire.malformed"),
      Refused(name: "unknown outcome", frames: ["54010c000809"], code: "wire.malformed"),
      Refused(name: "unknown refusal", frames: ["540103000863"], code: "wire.malformed"),
    ]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let file = File(
      version: 1,
      messages: try samples.map {
        Vector(name: $0.name, frames: try $0.message.frames().map(Self.hex))
      }, refused: refused)
    try encoder.encode(file).write(to: Self.path)
  }
}
