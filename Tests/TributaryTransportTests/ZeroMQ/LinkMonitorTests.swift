import CZeroMQ
import Testing
import TributaryCore

@testable import TributaryTransport

@Suite struct LinkMonitorTests {
  private func event(_ number: Int32, _ value: Int32 = 0) throws -> ConnectionEvent {
    let octets =
      withUnsafeBytes(of: UInt16(number)) { Array($0) } + withUnsafeBytes(of: value) { Array($0) }
    return try #require(ConnectionEvent([Bytes(copying: octets)]))
  }

  private func reports(
    _ numbers: [Int32], isEncrypted: Bool = true
  ) throws -> [LinkMonitor.Report] {
    var monitor = LinkMonitor(isEncrypted: isEncrypted)
    return try numbers.compactMap { monitor.received(try event($0)) }
  }

  @Test func aConnectionOpensAndBreaks() throws {
    #expect(
      try reports([
        ZMQ_EVENT_CONNECTED, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, ZMQ_EVENT_DISCONNECTED,
        ZMQ_EVENT_CLOSED,
      ]) == [.connected, .disconnected, .unanswered])
  }

  @Test func oneBrokenHandshakeMayBeACrashTwoAreNot() throws {
    let broken = [
      ZMQ_EVENT_CONNECTED, ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, ZMQ_EVENT_DISCONNECTED,
    ]
    #expect(try reports(broken) == [])
    #expect(try reports(broken + broken) == [.brokenOff])
    let fine = [ZMQ_EVENT_CONNECTED, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, ZMQ_EVENT_DISCONNECTED]
    #expect(try reports(broken + fine + broken) == [.connected, .disconnected])
  }

  @Test func aRefusedKeyAndAMismatchAreSaid() throws {
    #expect(
      try reports([ZMQ_EVENT_CONNECTED, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH])
        == [.failed(.keyRefused)])
    for (isEncrypted, failure) in [(true, LinkFailure.keysNotSpoken), (false, .keysDemanded)] {
      var monitor = LinkMonitor(isEncrypted: isEncrypted)
      let mismatch = try event(
        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH)
      let report = monitor.received(mismatch)
      #expect(report == .failed(failure))
    }
  }

  @Test func aShortFrameIsNoEvent() {
    #expect(ConnectionEvent([Bytes(copying: [1, 2, 3] as [UInt8])]) == nil)
    #expect(ConnectionEvent([]) == nil)
  }
}
