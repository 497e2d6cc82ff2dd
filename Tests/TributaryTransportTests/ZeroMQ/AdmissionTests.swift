import Foundation
import Testing
import TributaryCore

@testable import TributaryTransport

/// Who comes in, and what the others are told.
@Suite struct AdmissionTests {
  private func listen(
    _ security: CoordinatorSecurity, _ hub: RecordingDriver
  ) throws -> ZeroMQEndpoint {
    try ZeroMQEndpoint.listen(at: "tcp://127.0.0.1:*", security: security, driver: hub)
  }

  @Test func aMessageCarriesTheNameOfItsKey() async throws {
    let folder = try TemporaryKeys(workers: ["alice", "bob"])
    let hub = RecordingDriver()
    let link = RecordingDriver()
    let listener = try listen(folder.keys.coordinatorSecurity(), hub)
    let endpoint = try ZeroMQEndpoint.connect(
      to: listener.address, security: folder.worker("bob"), driver: link)
    #expect(await link.connected())
    endpoint.perform { endpoint.send([Bytes(copying: [1 as UInt8])], to: .coordinator) }
    #expect(await hub.received()?.1.user == "bob")
    endpoint.close()
    listener.close()
  }

  @Test func anUnknownKeyIsRefusedAndAKeyAddedLaterIsNot() async throws {
    let folder = try TemporaryKeys(workers: ["alice"])
    let public1 = folder.keys.authorizedFolder + "/alice.pub"
    let kept = try String(contentsOfFile: public1, encoding: .utf8)
    try FileManager.default.removeItem(atPath: public1)
    let hub = RecordingDriver()
    let listener = try listen(folder.keys.coordinatorSecurity(), hub)
    let link = RecordingDriver()
    let endpoint = try ZeroMQEndpoint.connect(
      to: listener.address, security: folder.worker("alice"), driver: link)
    #expect(await link.failure() == .keyRefused)
    #expect(
      await hub.turnedAway()?.contains("127.0.0.1 was turned away: its key is not in") == true)
    endpoint.close()
    try kept.write(toFile: public1, atomically: true, encoding: .utf8)
    let second = RecordingDriver()
    let again = try ZeroMQEndpoint.connect(
      to: listener.address, security: folder.worker("alice"), driver: second)
    #expect(await second.connected())
    again.close()
    listener.close()
  }

  @Test func aWrongCoordinatorKeyIsNoticed() async throws {
    let folder = try TemporaryKeys(workers: ["alice"])
    let others = try TemporaryKeys(workers: ["alice"])
    let hub = RecordingDriver()
    let listener = try listen(folder.keys.coordinatorSecurity(), hub)
    let link = RecordingDriver()
    let endpoint = try ZeroMQEndpoint.connect(
      to: listener.address, security: others.worker("alice"), driver: link)
    #expect(await link.failure() == .wrongServerKey)
    #expect(await hub.turnedAway()?.contains("another coordinator's key") == true)
    endpoint.close()
    listener.close()
  }

  @Test func oneSideWithoutKeysIsToldSo() async throws {
    let folder = try TemporaryKeys(workers: ["alice"])
    let sides: [(CoordinatorSecurity, WorkerSecurity, LinkFailure, String)] = [
      (try folder.keys.coordinatorSecurity(), .insecure, .keysDemanded, "without keys"),
      (.insecure, try folder.worker("alice"), .keysNotSpoken, "with keys"),
    ]
    for (coordinator, worker, failure, line) in sides {
      let hub = RecordingDriver()
      let listener = try listen(coordinator, hub)
      let link = RecordingDriver()
      let endpoint = try ZeroMQEndpoint.connect(
        to: listener.address, security: worker, driver: link)
      let found = await link.failure()
      #expect(found == failure, "\(String(describing: found))")
      // Either side may notice first; the other only sees the connection end.
      let said = try #require(await hub.turnedAway())
      #expect(said.contains(line) || said.contains("broke off"), "\(said)")
      endpoint.close()
      listener.close()
    }
  }

  @Test(arguments: [false, true])
  func theGreetingTellsWhoIsToBlame(_ isEncrypted: Bool) async throws {
    let folder = try TemporaryKeys(workers: [])
    let encrypted = try listen(folder.keys.coordinatorSecurity(), RecordingDriver())
    let plain = try listen(.insecure, RecordingDriver())
    #expect(
      ConnectProbe.brokenHandshake(encrypted.address, isEncrypted: isEncrypted)
        == (isEncrypted ? .wrongServerKey : .keysDemanded))
    #expect(
      ConnectProbe.brokenHandshake(plain.address, isEncrypted: isEncrypted)
        == (isEncrypted ? .keysNotSpoken : .noAnswer("it breaks off the handshake")))
    encrypted.close()
    plain.close()
  }

  @Test func nobodyListeningIsSaid() async throws {
    let hub = RecordingDriver()
    let listener = try listen(.insecure, hub)
    let address = listener.address
    listener.close()
    #expect(await hub.closed())
    let link = RecordingDriver()
    let endpoint = try ZeroMQEndpoint.connect(to: address, security: .insecure, driver: link)
    #expect(await link.failure() == .noAnswer("connection refused"))
    endpoint.close()
  }

  @Test func aLinkConnectsAgainByItself() async throws {
    let hub = RecordingDriver()
    let listener = try listen(.insecure, hub)
    let link = RecordingDriver()
    let endpoint = try ZeroMQEndpoint.connect(
      to: listener.address, security: .insecure, driver: link)
    #expect(await link.connected())
    let address = listener.address
    listener.close()
    #expect(await hub.closed())
    let second = RecordingDriver()
    let restarted = try ZeroMQEndpoint.listen(at: address, security: .insecure, driver: second)
    #expect(await link.connected())
    endpoint.perform { endpoint.send([Bytes(copying: [7 as UInt8])], to: .coordinator) }
    #expect(await second.received()?.0 == [Bytes(copying: [7 as UInt8])])
    endpoint.close()
    restarted.close()
  }

  @Test func addressesThatCannotBeAreNamed() throws {
    let hub = RecordingDriver()
    let listener = try listen(.insecure, hub)
    defer { listener.close() }
    for (address, code) in [
      (listener.address, "bind.inUse"), ("tcp://203.0.113.7:7077", "bind.address"),
      ("7077", "bind.address"), ("tcp://127.0.0.1:notaport", "bind.address"),
      ("tcp://127.0.0.1:70000", "bind.address"),
    ] {
      let error = #expect(throws: TributaryError.self, "\(address)") {
        try ZeroMQEndpoint.listen(at: address, security: .insecure, driver: RecordingDriver())
      }
      #expect(error?.code == code, "\(address)")
    }
    for address in [
      "127.0.0.1:7077", "tcp://", "tcp://host", "tcp://host:notaport", "tcp://host:70000",
    ] {
      let error = #expect(throws: TributaryError.self, "\(address)") {
        try ZeroMQEndpoint.connect(to: address, security: .insecure, driver: RecordingDriver())
      }
      #expect(error?.code == "connect.address", "\(address)")
    }
  }
}
