internal import CZeroMQ
internal import TributaryCore

/// Answers libzmq's question whether a key may come in (ZAP, ZeroMQ RFC 27).
final class AdmissionGate {
  let socket: ZeroMQSocket
  private let authorizedFolder: String

  init(_ context: ZeroMQContext, authorizedFolder: String) throws {
    socket = try ZeroMQSocket(context, type: ZMQ_REP)
    socket.set(ZMQ_LINGER, Int32(0))
    guard zmq_bind(socket.handle, "inproc://zeromq.zap.01") == 0 else {
      throw ZeroMQSocket.failure("zmq_bind zap")
    }
    self.authorizedFolder = authorizedFolder
  }

  /// Answers every waiting question; `turnedAway` hears of each refusal.
  func answer(turnedAway: (String) -> Void) {
    while let request = socket.receive(frameLimit: 8) {
      let frames = request.frames
      guard frames.count >= 2 else { continue }
      let name = frames.count == 7 ? admittedName(frames) : nil
      if name == nil {
        let from = frames.count > 3 ? Self.text(frames[3]) : "somewhere"
        turnedAway(
          "a worker at \(from) was turned away: its key is not in \(authorizedFolder)")
      }
      let answer: [Bytes] =
        [frames[0], frames[1]]
        + [name == nil ? "400" : "200", name == nil ? "unknown key" : "OK", name ?? "", ""].map {
          Bytes(copying: Array($0.utf8))
        }
      _ = socket.send(answer)
    }
  }

  /// Frames: version, request, domain, address, identity, mechanism, public key.
  private func admittedName(_ frames: [Bytes]) -> String? {
    guard Self.text(frames[0]) == "1.0", Self.text(frames[5]) == "CURVE",
      let key = CurvePublicKey(octets: frames[6].array())
    else { return nil }
    return AuthorizedKeys(authorizedFolder).name(of: key)
  }

  private static func text(_ bytes: Bytes) -> String {
    String(decoding: bytes.array(of: UInt8.self), as: UTF8.self)
  }
}
