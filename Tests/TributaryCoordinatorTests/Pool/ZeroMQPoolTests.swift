import Foundation
import Testing
import TributaryCore
@testable import TributaryCoordinator
import TributaryTransport
import TributaryWire
import TributaryWorker

/// The pool and real workers over real sockets, encrypted.
@Suite struct ZeroMQPoolTests {
  let keys: ClusterKeys
  init() throws { keys = try ClusterKeys() }

  private func pool(
    _ address: String = "tcp://127.0.0.1:*", uploadSlots: Int = 4
  ) throws -> ZeroMQPool {
    try ZeroMQPool(
      runID: "run", bind: address, security: keys.coordinator, timing: PoolFixture.quick,
      uploadSlots: uploadSlots, log: PoolFixture.quiet)
  }

  private func worker(
    _ client: String, at address: String, trainer: NegatingTrainer = NegatingTrainer(),
    name: String? = nil, patience: Double = 5, cache: String? = nil
  ) throws -> Worker {
    Worker(
      WorkerConfiguration(
        coordinator: address, security: try keys.worker, name: name ?? "worker-\(client)",
        client: try ClientID(client), exampleCount: 7, software: "test", cacheFolder: cache,
        patienceSeconds: patience), trainer: trainer, log: PoolFixture.quiet)
  }

  private func start(_ worker: Worker) -> Task<WorkerExit, any Error> {
    Task { try await worker.run() }
  }

  @Test func roundsRunAndTheFrozenTensorsTravelOnce() async throws {
    let fixture = PoolFixture(count: 1000, frozenCount: 200_000)
    let pool = try pool()
    let reader = EventReader(pool)
    let trainer = NegatingTrainer()
    let run = start(try worker("a", at: pool.address, trainer: trainer))
    let info = await reader.joined()
    #expect(info?.worker == "worker-a")
    #expect(info?.exampleCount == 7)
    #expect(info?.processor.isEmpty == false)
    var down: [Int] = []
    for round in 1...3 {
      await pool.assign(try fixture.task("a", round: round), blobs: fixture.blobs)
      let (update, bytesUp) = try #require(await reader.updated())
      #expect(update.round == round)
      #expect(update.exampleCount == 7)
      #expect(update.metrics == ["loss": 0.5])
      let weight = try #require(update.delta["fc.weight"]).floats()
      #expect(weight == (try #require(fixture.globals["fc.weight"]).floats()).map { -$0 })
      #expect(update.delta["empty"]?.bytes.count == 0)
      #expect((4040...6000).contains(bytesUp))
      await pool.settle(round: round, client: try ClientID("a"), rejected: nil)
      down.append(await pool.takeTraffic().bytesDown)
    }
    #expect(down[0] > 800_000)
    #expect(down[1] < 8000 && down[2] < 8000)
    #expect(trainer.callCount == 3)
    await pool.finish(.completed(rounds: 3, digest: Digest(of: "x")))
    #expect(try await run.value == .completed(rounds: 3, digest: Digest(of: "x")))
  }

  @Test func manyUploadsPassThroughFewSlots() async throws {
    let fixture = PoolFixture(count: 300_000)
    let pool = try pool(uploadSlots: 2)
    let reader = EventReader(pool)
    let names = ["a", "b", "c", "d", "e"]
    let runs = try names.map { start(try worker($0, at: pool.address)) }
    for _ in names { _ = await reader.joined() }
    for name in names { await pool.assign(try fixture.task(name), blobs: fixture.blobs) }
    // Two are handed over; the others wait until one is settled.
    let first = try #require(await reader.updated()).0
    let second = try #require(await reader.updated()).0
    let third: Bool? = await reader.first(within: 0.3) {
      if case .updated = $0 { true } else { nil }
    }
    #expect(third == nil)
    await pool.settle(round: 1, client: first.client, rejected: nil)
    await pool.settle(round: 1, client: second.client, rejected: "not wanted")
    var seen: Set = [first.client.name, second.client.name]
    for _ in 0..<3 {
      let update = try #require(await reader.updated()).0
      seen.insert(update.client.name)
      await pool.settle(round: 1, client: update.client, rejected: nil)
    }
    #expect(seen == Set(names))
    await pool.finish(.completed(rounds: 1, digest: Digest(of: "x")))
    for run in runs {
      #expect(try await run.value == .completed(rounds: 1, digest: Digest(of: "x")))
    }
  }

  @Test func aTrainersErrorReachesTheCoordinatorAndTheWorkerStays() async throws {
    let fixture = PoolFixture()
    let pool = try pool()
    let reader = EventReader(pool)
    let error = TributaryError("data.label", "label 12 in shard.json line 3 is outside 0...9")
    let run = start(
      try worker("a", at: pool.address, trainer: NegatingTrainer(.init(error: error))))
    _ = await reader.joined()
    await pool.assign(try fixture.task("a"), blobs: fixture.blobs)
    #expect(await reader.failed() == "label 12 in shard.json line 3 is outside 0...9")
    await pool.assign(try fixture.task("a", round: 2), blobs: fixture.blobs)
    #expect(await reader.failed() != nil)
    await pool.finish(.failed(reason: "1 of 2 clients left"))
    let end = await #expect(throws: TributaryError.self) { try await run.value }
    #expect(end?.description == "the run failed: 1 of 2 clients left")
  }

  @Test func aNotANumberIsRefusedWithItsTensor() async throws {
    let fixture = PoolFixture()
    let pool = try pool()
    let reader = EventReader(pool)
    let run = start(try worker("a", at: pool.address, trainer: NegatingTrainer(.init(spoil: true))))
    _ = await reader.joined()
    await pool.assign(try fixture.task("a"), blobs: fixture.blobs)
    #expect(await reader.failed()?.hasSuffix("holds a NaN or an infinity") == true)
    await pool.finish(.interrupted)
    let end = await #expect(throws: TributaryError.self) { try await run.value }
    #expect(end?.code == "run.interrupted")
  }

  @Test func aTaskAssignedBeforeItsClientJoinsIsWaiting() async throws {
    let fixture = PoolFixture()
    let pool = try pool()
    let reader = EventReader(pool)
    await pool.assign(try fixture.task("a"), blobs: fixture.blobs)
    let run = start(try worker("a", at: pool.address))
    #expect(await reader.updated() != nil)
    await pool.finish(.completed(rounds: 1, digest: Digest(of: "x")))
    _ = try await run.value
  }

  @Test func trainingLongerThanTheLeaseKeepsTheLease() async throws {
    let fixture = PoolFixture()
    let pool = try pool()
    let reader = EventReader(pool)
    let run = start(
      try worker("a", at: pool.address, trainer: NegatingTrainer(.init(seconds: 1.5))))
    _ = await reader.joined()
    await pool.assign(try fixture.task("a"), blobs: fixture.blobs)
    let first: String? = await reader.first { event in
      switch event {
      case .left: "left"
      case .updated: "updated"
      default: nil
      }
    }
    #expect(first == "updated")
    await pool.finish(.completed(rounds: 1, digest: Digest(of: "x")))
    _ = try await run.value
  }

  @Test func aWithdrawnTaskIsCancelledAndTheNextOneBegins() async throws {
    let fixture = PoolFixture()
    let pool = try pool()
    let reader = EventReader(pool)
    let trainer = NegatingTrainer(.init(seconds: 0.8))
    let run = start(try worker("a", at: pool.address, trainer: trainer))
    _ = await reader.joined()
    await pool.assign(try fixture.task("a", round: 1), blobs: fixture.blobs)
    try await Task.sleep(for: .seconds(0.2))
    await pool.withdraw(round: 1, client: try ClientID("a"))
    await pool.assign(try fixture.task("a", round: 2), blobs: fixture.blobs)
    #expect(await reader.updated()?.0.round == 2)
    #expect(trainer.callCount == 2)
    await pool.finish(.completed(rounds: 2, digest: Digest(of: "x")))
    _ = try await run.value
  }

  @Test func anotherWorkerForALivingClientIsRefused() async throws {
    let pool = try pool()
    let reader = EventReader(pool)
    let first = start(try worker("a", at: pool.address))
    _ = await reader.joined()
    let second = start(try worker("a", at: pool.address, name: "intruder"))
    let error = await #expect(throws: TributaryError.self) { try await second.value }
    #expect(error?.code == "worker.refused")
    #expect(error?.message.contains("client a is served by worker worker-a") == true)
    #expect(await reader.refused()?.contains("intruder") == true)
    await pool.finish(.completed(rounds: 0, digest: Digest(of: "x")))
    _ = try await first.value
  }

  @Test func aRestartedWorkerTakesItsPlaceAndItsTask() async throws {
    let fixture = PoolFixture()
    let pool = try pool()
    let reader = EventReader(pool)
    let first = start(
      try worker("a", at: pool.address, trainer: NegatingTrainer(.init(seconds: 30))))
    _ = await reader.joined()
    await pool.assign(try fixture.task("a"), blobs: fixture.blobs)
    try await Task.sleep(for: .seconds(0.1))
    let second = start(try worker("a", at: pool.address))
    #expect(await reader.updated()?.0.client.name == "a")
    let error = await #expect(throws: TributaryError.self) { try await first.value }
    #expect(error?.message.contains("another process of worker worker-a") == true)
    await pool.finish(.completed(rounds: 1, digest: Digest(of: "x")))
    _ = try await second.value
  }

  @Test func aWorkerOutlivesItsCoordinatorAndDoesNotTrainTwice() async throws {
    let fixture = PoolFixture()
    let trainer = NegatingTrainer()
    let former = try pool()
    let address = former.address
    let formerReader = EventReader(former)
    let run = start(try worker("a", at: address, trainer: trainer))
    _ = await formerReader.joined()
    await former.assign(try fixture.task("a"), blobs: fixture.blobs)
    _ = await formerReader.updated()
    await former.crash()
    let pool = try pool(address)
    let reader = EventReader(pool)
    #expect(await reader.joined()?.client.name == "a")
    await pool.assign(try fixture.task("a"), blobs: fixture.blobs)
    #expect(await reader.updated() != nil)
    #expect(trainer.callCount == 1)
    #expect(await pool.takeTraffic().bytesDown < 3000)
    await pool.finish(.completed(rounds: 1, digest: Digest(of: "x")))
    _ = try await run.value
  }

  @Test func aWorkerGivesUpOnAnAddressWhereNobodyIs() async throws {
    let former = try pool()
    let address = former.address
    await former.crash()
    let run = start(try worker("a", at: address, patience: 0.6))
    let error = await #expect(throws: TributaryError.self) { try await run.value }
    #expect(error?.code == "worker.coordinatorGone")
    #expect(error?.message.contains("connection refused") == true)
  }

  @Test func aStoppedWorkerSaysGoodbye() async throws {
    let fixture = PoolFixture()
    let pool = try pool()
    let reader = EventReader(pool)
    let worker = try worker("a", at: pool.address, trainer: NegatingTrainer(.init(seconds: 30)))
    let run = start(worker)
    _ = await reader.joined()
    await pool.assign(try fixture.task("a"), blobs: fixture.blobs)
    try await Task.sleep(for: .seconds(0.1))
    worker.stop()
    #expect(try await run.value == .stopped)
    #expect(await reader.left() == "said goodbye (stopped)")
    await pool.finish(.interrupted)
  }

  @Test func theDiskCacheSavesTheFrozenTensors() async throws {
    let fixture = PoolFixture(count: 100, frozenCount: 200_000)
    let cache = FileManager.default.temporaryDirectory.path + "/cache-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: cache) }
    var down: [Int] = []
    for _ in 0..<2 {
      let pool = try pool()
      let reader = EventReader(pool)
      let run = start(try worker("a", at: pool.address, cache: cache))
      await pool.assign(try fixture.task("a"), blobs: fixture.blobs)
      #expect(await reader.updated() != nil)
      down.append(await pool.takeTraffic().bytesDown)
      await pool.finish(.completed(rounds: 1, digest: Digest(of: "x")))
      _ = try await run.value
    }
    #expect(down[0] > 800_000)
    #expect(down[1] < 4000)
  }

  /// Of thirty rounds the fastest counts, since a busy machine slows any of them; were work polled for,
  /// each would take an interval of polling.
  @Test func workIsPushedNotPolledFor() async throws {
    let fixture = PoolFixture(count: 8000)
    let pool = try pool()
    let reader = EventReader(pool)
    let run = start(try worker("a", at: pool.address))
    _ = await reader.joined()
    let clock = SystemClock()
    var seconds: [Double] = []
    for round in 1...30 {
      let start = clock.seconds
      await pool.assign(try fixture.task("a", round: round), blobs: fixture.blobs)
      _ = await reader.updated()
      await pool.settle(round: round, client: try ClientID("a"), rejected: nil)
      seconds.append(clock.seconds - start)
    }
    #expect(try #require(seconds.min()) < 0.1)
    await pool.finish(.completed(rounds: 30, digest: Digest(of: "x")))
    _ = try await run.value
  }
}
