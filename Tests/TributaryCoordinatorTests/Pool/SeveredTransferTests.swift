import Synchronization
import Testing
import TributaryCore
import TributaryTransport
import TributaryWire

@testable import TributaryCoordinator
@testable import TributaryWorker

/// Rounds over connections that break again and again, on the in-memory twin.
@Suite struct SeveredTransferTests {
  @Test func transfersGoOnWhereTheyBroke() async throws {
    let network = MemoryNetwork()
    let link = Mutex<(any Endpoint)?>(nil)
    // 16 MB down once, 8 MB up a round: many chunks each way.
    let fixture = PoolFixture(count: 2_000_000, frozenCount: 2_000_000)
    let pool = ZeroMQPool(
      runID: "run", timing: PoolFixture.quick, uploadSlots: 4, log: PoolFixture.quiet
    ) { network.listen(driver: $0) }
    let reader = EventReader(pool)
    let trainer = NegatingTrainer()
    let worker = Worker(
      WorkerConfiguration(
        coordinator: "memory", security: .insecure, name: "w", client: try ClientID("a"),
        exampleCount: 1, software: "test", patienceSeconds: 10), trainer: trainer,
      log: PoolFixture.quiet
    ) { driver in
      let endpoint = network.connect(driver: driver)
      link.withLock { $0 = endpoint }
      return endpoint
    }
    let run = Task { try await worker.run() }
    _ = await reader.joined()
    let saboteur = Task {
      var cuts = 0
      while !Task.isCancelled, cuts < 40 {
        try await Task.sleep(for: .milliseconds(3))
        if let endpoint = link.withLock({ $0 }) { network.sever(endpoint) }
        cuts += 1
      }
    }
    for round in 1...2 {
      await pool.assign(try fixture.task("a", round: round), blobs: fixture.blobs)
      let update = try #require(await reader.updated()).0
      #expect(update.delta["fc.weight"]?.bytes.count == 8_000_000)
      await pool.settle(round: round, client: update.client, rejected: nil)
    }
    saboteur.cancel()
    let traffic = await pool.takeTraffic()
    // What was under way at a cut is sent again (at most 16 chunks of 256 KiB), the rest is not.
    #expect(traffic.bytesDown < 16_000_000 + 41 * 16 * 270_000)
    #expect(trainer.callCount == 2)
    await pool.finish(.completed(rounds: 2, digest: Digest(of: "x")))
    #expect(try await run.value == .completed(rounds: 2, digest: Digest(of: "x")))
  }
}
