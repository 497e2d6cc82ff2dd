import Synchronization
import Testing
import TributaryCore
import TributaryTransport
import TributaryWire
import TributaryWorker

@testable import TributaryCoordinator

/// Whatever a peer sends, the pool goes on serving the others.
@Suite struct HostilePeerTests {
  /// Sends what it is told on connecting, and writes down the messages that come back.
  private final class Speaker: EndpointDriver {
    private let lines: [[Bytes]]
    private let heard = Mutex<[Message]>([])

    init(_ lines: [[Bytes]]) { self.lines = lines }

    var wakeAt: Double? { nil }
    var messages: [Message] { heard.withLock { $0 } }

    func handle(_ event: EndpointEvent, on endpoint: any Endpoint) {
      switch event {
      case .connected: for frames in lines { endpoint.send(frames, to: .coordinator) }
      case .received(let frames, _):
        if let message = try? Message(frames: frames) { heard.withLock { $0.append(message) } }
      default: break
      }
    }

    func refusal(within seconds: Double = 30) async -> Refusal? {
      let clock = SystemClock()
      let end = clock.seconds + seconds
      while clock.seconds < end {
        for case .refused(let refusal) in messages { return refusal }
        try? await Task.sleep(for: .milliseconds(2))
      }
      return nil
    }
  }

  private func pool() throws -> ZeroMQPool {
    try ZeroMQPool(
      runID: "run", bind: "tcp://127.0.0.1:*", security: .insecure, timing: PoolFixture.quick,
      log: PoolFixture.quiet)
  }

  private func speak(_ lines: [[Bytes]], to pool: ZeroMQPool) throws -> (Speaker, any Endpoint) {
    let speaker = Speaker(lines)
    let endpoint = try ZeroMQEndpoint.connect(
      to: pool.address, security: .insecure, driver: speaker)
    return (speaker, endpoint)
  }

  private func hello(_ client: String) throws -> [Bytes] {
    try Message.hello(
      Hello(
        worker: "hostile", client: try ClientID(client), exampleCount: 1, software: "s",
        processor: "p", instance: InstanceID(high: 6, low: 6))
    ).frames()
  }

  @Test func aRunGoesOnUnderNoise() async throws {
    let pool = try pool()
    let reader = EventReader(pool)
    var random = RandomKey(seed: 3).generator
    let noise = (0..<400).map { _ in
      (0...random.below(4)).map { _ in
        Bytes(
          copying: (0..<random.below(200)).map { _ in UInt8(truncatingIfNeeded: random.nextWord()) }
        )
      }
    }
    let many = [[Bytes](repeating: Bytes(copying: [0x54, 1, 11, 0] as [UInt8]), count: 2000)]
    let (speaker, endpoint) = try speak(noise + many + [try hello("evil")] + noise, to: pool)
    #expect(await speaker.refusal()?.code == .malformed)
    let fixture = PoolFixture()
    let worker = Worker(
      WorkerConfiguration(
        coordinator: pool.address, security: .insecure, name: "w", client: try ClientID("good"),
        exampleCount: 1, software: "test"), trainer: NegatingTrainer(), log: PoolFixture.quiet)
    let run = Task { try await worker.run() }
    await pool.assign(try fixture.task("good"), blobs: fixture.blobs)
    #expect(await reader.updated()?.0.client.name == "good")
    endpoint.close()
    await pool.finish(.completed(rounds: 1, digest: Digest(of: "x")))
    _ = try await run.value
  }

  @Test func anotherVersionIsToldBoth() async throws {
    let pool = try pool()
    let reader = EventReader(pool)
    var octets = try hello("a")[0].array(of: UInt8.self)
    octets[1] = 2
    let (speaker, endpoint) = try speak([[Bytes(copying: octets)]], to: pool)
    let refusal = await speaker.refusal()
    #expect(refusal?.code == .version)
    #expect(refusal?.reason.contains("protocol version 2, this program version 1") == true)
    #expect(await reader.refused()?.contains("version 2") == true)
    endpoint.close()
    await pool.finish(.interrupted)
  }

  @Test func aFrameOverTheLimitCutsOnlyItsSender() async throws {
    let pool = try pool()
    let reader = EventReader(pool)
    let (_, endpoint) = try speak(
      [[Bytes(copying: [UInt8](repeating: 0x54, count: 5 << 20))], try hello("late")], to: pool)
    let (_, other) = try speak([try hello("fine")], to: pool)
    #expect(await reader.joined()?.client.name == "fine")
    endpoint.close()
    other.close()
    await pool.finish(.interrupted)
  }

  @Test func bytesThatAreNotWhatTheyWereCalledFailTheClient() async throws {
    let pool = try pool()
    let reader = EventReader(pool)
    let fixture = PoolFixture()
    let offer = Message.offer(
      UpdateOffer(
        runID: "run", round: 1, client: try ClientID("liar"), exampleCount: 1,
        delta: fixture.globals.map { TensorEntry(name: $0, tensor: $1) }.values, metrics: [:]))
    await pool.assign(try fixture.task("liar"), blobs: fixture.blobs)
    // Request numbers of a first upload begin at 1 << 32.
    let pieces = fixture.globals.values.filter { $0.bytes.count > 0 }.map { tensor in
      Chunk.Piece(
        digest: Digest(of: tensor.bytes), offset: 0, total: tensor.bytes.count,
        bytes: Bytes(copying: [UInt8](repeating: 1, count: tensor.bytes.count)))
    }
    let chunk = Message.chunk(Chunk(request: 1 << 32, pieces: pieces))
    let (_, endpoint) = try speak(
      [try hello("liar"), try offer.frames(), try chunk.frames()], to: pool)
    #expect(await reader.failed()?.contains("have another SHA-256") == true)
    endpoint.close()
    await pool.finish(.interrupted)
  }
}
