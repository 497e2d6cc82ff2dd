import Testing
import TributaryCore
import TributaryTransport

/// What every transport must do; one body for ZeroMQ with and without CURVE, and for memory.
@Suite struct ConformanceTests {
  static let transports: [any TransportUnderTest] = [
    MemoryUnderTest(), ZeroMQUnderTest(isEncrypted: false), ZeroMQUnderTest(isEncrypted: true),
  ]

  private func bytes(_ text: String) -> Bytes { Bytes(copying: Array(text.utf8)) }

  @Test(arguments: transports)
  func framesComeBackAsTheyWere(_ transport: any TransportUnderTest) async throws {
    let hub = RecordingDriver(echoes: true)
    let link = RecordingDriver()
    let (listener, connect) = try transport.open(hub)
    let endpoint = try connect(link)
    #expect(await link.connected())
    let large = Bytes(copying: (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    let frames = [bytes("header"), .empty, large, large[7..<900], bytes("x")]
    endpoint.perform { endpoint.send(frames, to: .coordinator) }
    let answer = await link.received()
    #expect(answer?.0 == frames)
    #expect(answer?.1 == .coordinator)
    endpoint.close()
    #expect(await link.closed())
    listener.close()
    #expect(await hub.closed())
  }

  @Test(arguments: transports)
  func messagesKeepTheirOrderAndTheirSender(_ transport: any TransportUnderTest) async throws {
    let hub = RecordingDriver()
    let links = [RecordingDriver(), RecordingDriver()]
    let (listener, connect) = try transport.open(hub)
    let endpoints = try links.map(connect)
    for link in links { #expect(await link.connected()) }
    for (index, endpoint) in endpoints.enumerated() {
      endpoint.perform { [self] in
        for number in 0..<500 { endpoint.send([bytes("\(index) \(number)")], to: .coordinator) }
      }
    }
    var next: [Peer: [Int]] = [:]
    for await event in hub.events {
      guard case .received(let frames, let peer) = event else { continue }
      let words = String(decoding: frames[0].array(of: UInt8.self), as: UTF8.self).split(
        separator: " "
      ).compactMap { Int($0) }
      let expected = next[peer] ?? [words[0], 0]
      #expect(words == expected)
      next[peer] = [expected[0], expected[1] + 1]
      if next.values.count == 2, next.values.allSatisfy({ $0[1] == 500 }) { break }
    }
    for endpoint in endpoints { endpoint.close() }
    listener.close()
  }

  @Test(arguments: transports)
  func aDriverIsWokenWhenItAsked(_ transport: any TransportUnderTest) async throws {
    let hub = RecordingDriver()
    let (listener, _) = try transport.open(hub)
    let clock = SystemClock()
    let due = clock.seconds + 0.05
    listener.perform { hub.wake(at: due) }
    let woke: Bool? = await hub.first { if case .woke = $0 { true } else { nil } }
    #expect(woke == true)
    #expect(clock.seconds >= due)
    listener.close()
  }

  @Test(arguments: transports)
  func aClosedEndpointTakesNoWork(_ transport: any TransportUnderTest) async throws {
    let hub = RecordingDriver()
    let (listener, _) = try transport.open(hub)
    listener.close()
    #expect(await hub.closed())
    #expect(!listener.perform {})
  }

  @Test(arguments: transports)
  func aMessageToNobodyIsDropped(_ transport: any TransportUnderTest) async throws {
    let hub = RecordingDriver(echoes: true)
    let link = RecordingDriver()
    let (listener, connect) = try transport.open(hub)
    listener.perform { [self] in
      listener.send([bytes("lost")], to: Peer(routingID: [1, 2, 3, 4, 5]))
    }
    let endpoint = try connect(link)
    #expect(await link.connected())
    endpoint.perform { [self] in endpoint.send([bytes("here")], to: .coordinator) }
    #expect(await link.received()?.0 == [bytes("here")])
    endpoint.close()
    listener.close()
  }

  @Test(arguments: transports)
  func aLinkHearsThatItsListenerIsGone(_ transport: any TransportUnderTest) async throws {
    let hub = RecordingDriver()
    let link = RecordingDriver()
    let (listener, connect) = try transport.open(hub)
    let endpoint = try connect(link)
    #expect(await link.connected())
    listener.close()
    let isCut: Bool? = await link.first { if case .disconnected = $0 { true } else { nil } }
    #expect(isCut == true)
    #expect(await link.failure() == .noAnswer("connection refused"))
    endpoint.close()
  }
}

/// A way to open one listener and links to it.
protocol TransportUnderTest: Sendable {
  func open(
    _ hub: RecordingDriver
  ) throws -> (listener: any Endpoint, connect: (RecordingDriver) throws -> any Endpoint)
}

struct MemoryUnderTest: TransportUnderTest {
  func open(
    _ hub: RecordingDriver
  ) throws -> (listener: any Endpoint, connect: (RecordingDriver) throws -> any Endpoint) {
    let network = MemoryNetwork()
    return (network.listen(driver: hub), { network.connect(driver: $0) })
  }
}

struct ZeroMQUnderTest: TransportUnderTest {
  let isEncrypted: Bool

  func open(
    _ hub: RecordingDriver
  ) throws -> (listener: any Endpoint, connect: (RecordingDriver) throws -> any Endpoint) {
    guard isEncrypted else {
      let listener = try ZeroMQEndpoint.listen(
        at: "tcp://127.0.0.1:*", security: .insecure, driver: hub)
      return (
        listener,
        { try ZeroMQEndpoint.connect(to: listener.address, security: .insecure, driver: $0) }
      )
    }
    let folder = try TemporaryKeys(workers: ["alice"])
    let listener = try ZeroMQEndpoint.listen(
      at: "tcp://127.0.0.1:*", security: folder.keys.coordinatorSecurity(), driver: hub)
    return (
      listener,
      {
        try ZeroMQEndpoint.connect(
          to: listener.address, security: folder.worker("alice"), driver: $0)
      }
    )
  }
}
