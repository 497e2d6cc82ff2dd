public import TributaryCore
internal import SwiftProtobuf

extension Message {
  /// The octet 'T', with which each header frame begins.
  static let magic: UInt8 = 0x54
  /// The version of the protocol that this code speaks.
  public static let version: UInt8 = 1
  static let preludeByteCount = 4

  /// The message's frames: the header, then for a Chunk one raw frame for each piece, not copied.
  ///
  /// - Throws: `wire.limit` where a value is larger than the protocol allows.
  public func frames() throws -> [Bytes] {
    let body = try encodedBody()
    guard Self.preludeByteCount + body.count <= WireLimits.headerByteCount else {
      throw TributaryError(
        "wire.limit",
        "a \(kind) message of \(body.count) bytes is over the limit of \(WireLimits.headerByteCount)"
      )
    }
    let header = Bytes(copying: [Self.magic, Self.version, kind.rawValue, 0] + body)
    guard case .chunk(let chunk) = self else { return [header] }
    return [header] + chunk.pieces.map(\.bytes)
  }

  /// The message that a peer sent as `frames`.
  ///
  /// - Throws: `wire.version` where the peer speaks another version (the text names both);
  ///   `wire.malformed` for anything else that the specification does not allow.
  public init(frames: [Bytes]) throws {
    guard let header = frames.first, header.count >= Self.preludeByteCount else {
      throw Self.malformed("no header frame")
    }
    guard header.count <= WireLimits.headerByteCount, frames.count <= WireLimits.frameCount else {
      throw Self.malformed("a message of \(frames.count) frames, \(header.count) bytes of header")
    }
    let prelude = header[0..<Self.preludeByteCount].array(of: UInt8.self)
    guard prelude[0] == Self.magic else { throw Self.malformed("not a Tributary message") }
    // A refusal is read from every version, or a mismatch could not be explained.
    guard prelude[1] == Self.version || prelude[2] == Kind.refused.rawValue else {
      throw TributaryError(
        "wire.version",
        "the peer speaks protocol version \(prelude[1]), this program version \(Self.version)",
        advice: "run the same version of tributary on both sides")
    }
    guard prelude[3] == 0, let kind = Kind(rawValue: prelude[2]) else {
      throw Self.malformed("unknown message kind \(prelude[2])")
    }
    guard kind == .chunk || frames.count == 1 else {
      throw Self.malformed("a \(kind) message with \(frames.count - 1) raw frames")
    }
    let body = header[Self.preludeByteCount..<header.count].array(of: UInt8.self)
    do {
      self = try Self.decoded(kind, body: body, rawFrames: Array(frames.dropFirst()))
    } catch let error as TributaryError {
      throw error
    } catch {
      throw Self.malformed("a \(kind) message that is no valid protobuf")
    }
  }

  static func malformed(_ what: String) -> TributaryError {
    TributaryError("wire.malformed", "malformed message: \(what)")
  }
}
