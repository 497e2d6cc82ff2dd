internal import CZeroMQ
internal import TributaryCore

/// What a socket monitor reports, read from its frames.
struct ConnectionEvent {
  var number: Int32
  var value: Int32

  /// Connections' openings, failures and ends.
  static let all =
    ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED
    | handshakeFailures
  static let handshakeFailures =
    ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
    | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH

  /// From the first frame: event as 16 bits, value as 32, in the machine's order.
  init?(_ frames: [Bytes]) {
    guard let frame = frames.first, frame.count >= 6 else { return nil }
    (number, value) = frame.withUnsafeBytes { bytes in
      (
        Int32(bytes.loadUnaligned(as: UInt16.self)),
        bytes.loadUnaligned(fromByteOffset: 2, as: Int32.self)
      )
    }
  }

  var isMechanismMismatch: Bool {
    number == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
      && value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH
  }
}

/// A link's connection attempts, from what the monitor reports to what a driver is told; without I/O.
struct LinkMonitor {
  private enum State { case down, greeting, up }
  private var state = State.down
  private let isEncrypted: Bool
  /// Handshakes in a row that the other side broke off. One may be a coordinator that just died.
  private var brokenHandshakes = 0
  private static let brokenHandshakeLimit = 2

  init(isEncrypted: Bool) { self.isEncrypted = isEncrypted }

  enum Report: Equatable {
    case connected, disconnected, failed(LinkFailure)
    /// Nobody listens, or nobody can be reached.
    case unanswered
    /// Somebody listens, and ends each handshake.
    case brokenOff
  }

  mutating func received(_ event: ConnectionEvent) -> Report? {
    switch event.number {
    case ZMQ_EVENT_CONNECTED:
      state = .greeting
      return nil
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      state = .up
      brokenHandshakes = 0
      return .connected
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
      state = .down
      return .failed(.keyRefused)
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      state = .down
      guard event.isMechanismMismatch else { return .failed(.notACoordinator) }
      return .failed(isEncrypted ? .keysNotSpoken : .keysDemanded)
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, ZMQ_EVENT_DISCONNECTED, ZMQ_EVENT_CLOSED:
      return ended(event)
    default: return nil
    }
  }

  private mutating func ended(_ event: ConnectionEvent) -> Report? {
    defer { state = .down }
    switch state {
    case .up: return .disconnected
    case .greeting:
      brokenHandshakes += 1
      guard brokenHandshakes >= Self.brokenHandshakeLimit else { return nil }
      return .brokenOff
    case .down: return event.number == ZMQ_EVENT_CLOSED ? .unanswered : nil
    }
  }
}
