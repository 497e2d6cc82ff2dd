import Synchronization
import Testing
import TributaryCore
import TributaryCoordinator
import TributaryPlan
import TributarySimulation
import TributaryStorage
import TributaryTestKit
import TributaryWire
import TributaryWorker

/// The real coordinator over clients in this process.
@Suite struct InProcessPoolTests {
  private let folder = TemporaryFolder()

  private func run(
    _ name: String, clients: Int = 12, threads: Int, trainer: any TaskTrainer = MeanTrainer(),
    rounds: Int = 4, perRound: Int? = 8, minimum: Int = 1,
    pool: InProcessPool? = nil
  ) async throws -> RunSummary {
    let pool =
      pool
      ?? InProcessPool(
        clients: Self.clients(clients), trainer: trainer, threads: threads)
    let plan = RunPlan(
      name: "mean", seed: 11, backbone: BackbonePlan(architecture: "mean"),
      task: TaskPlan(kind: .imageClassification, classes: 2), data: DataPlan(),
      federation: FederationPlan(
        rounds: rounds, clientsPerRound: perRound, minimumClients: minimum))
    return try await Coordinator(
      opening: .new, directory: folder(name),
      inputs: CoordinatorInputs(
        plan: plan, globals: ["mean": HostTensor([0, 0, 0], shape: [3])],
        frozen: ["frozen": HostTensor([1, 2], shape: [2])], architecture: "mean", settings: "{}",
        expectedClients: clients),
      services: CoordinatorServices(
        pool: pool, writeModel: { tensors, _ in Digest(of: SafetensorsFile.encode(tensors)) })
    ).run()
  }

  private static func clients(_ count: Int) -> [ClientInfo] {
    (0..<count).map {
      ClientInfo(
        client: ClientID(index: $0), worker: "simulation", exampleCount: 10 + $0, software: "test",
        processor: "test")
    }
  }

  @Test func threadsChangeNothing() async throws {
    let expected = try await run("one", threads: 1)
    for threads in [2, 3, 8] {
      let found = try await run("threads-\(threads)", threads: threads)
      #expect(found.digest == expected.digest)
      #expect(found.metrics == expected.metrics)
      #expect(found.bytesDown == expected.bytesDown && found.bytesUp == expected.bytesUp)
    }
  }

  @Test func countsWhatANetworkWouldCarry() async throws {
    let summary = try await run("a", clients: 3, threads: 2, rounds: 2, perRound: nil)
    #expect(summary.bytesUp == 2 * 3 * 12)
    #expect(summary.bytesDown == 2 * 3 * 12 + 3 * 8)
  }

  @Test func neverHoldsMoreUpdatesThanItsBound() async throws {
    let trainer = MeanTrainer()
    let pool = InProcessPool(clients: [], trainer: trainer, threads: 2)
    var events = pool.events.makeAsyncIterator()
    let blobs = MemoryBlobs(tensors: ["mean": HostTensor([0, 0, 0], shape: [3])])
    let entry = TensorEntry(name: "mean", tensor: HostTensor([0, 0, 0], shape: [3]))
    for index in 0..<40 {
      await pool.assign(
        TrainTask(
          runID: "r", round: 1, client: ClientID(index: index),
          model: ModelManifest(architecture: "mean", assets: [], tensors: []), globals: [entry],
          settings: "{}", key: RandomKey(seed: 1)), blobs: blobs)
    }
    for taken in 1...40 {
      guard case .updated(let update, _) = await events.next() else {
        Issue.record("expected an update")
        return
      }
      // Trained and not settled: at most two a thread.
      #expect(trainer.count <= taken - 1 + 4)
      await pool.settle(round: 1, client: update.client, rejected: nil)
    }
    await pool.finish(.interrupted)
  }

  @Test func aFailingClientIsDroppedWithItsReason() async throws {
    let summary = try await run(
      "a", clients: 4, threads: 2, trainer: MeanTrainer(failing: ClientID(index: 2)), perRound: nil)
    let without = try await run(
      "b", clients: 4, threads: 1, trainer: MeanTrainer(failing: ClientID(index: 2)), perRound: nil)
    #expect(summary.digest == without.digest)
    do {
      _ = try await run(
        "c", clients: 4, threads: 2, trainer: MeanTrainer(failing: ClientID(index: 2)),
        perRound: nil, minimum: 4)
      Issue.record("a run that cannot reach its minimum ended well")
    } catch let error as TributaryError {
      #expect(error.code == "run.quorum" && error.message.contains("no such shard"))
    }
  }

  @Test func progressCountsEachClientOnce() async throws {
    let seen = Mutex<[InProcessPool.Progress]>([])
    let pool = InProcessPool(
      clients: Self.clients(5), trainer: MeanTrainer(), threads: 2,
      progress: { progress in seen.withLock { $0.append(progress) } })
    _ = try await run("a", clients: 5, threads: 2, rounds: 2, perRound: nil, pool: pool)
    let counts = seen.withLock { $0 }.map { [$0.round, $0.finished] }
    #expect(
      counts.sorted { $0.lexicographicallyPrecedes($1) }
        == [1, 2].flatMap { round in
          (1...5).map { [round, $0] }
        })
  }

  @Test func finishCancelsWhatIsRunning() async throws {
    let trainer = EndlessTrainer()
    let pool = InProcessPool(clients: [], trainer: trainer, threads: 2)
    for index in 0..<4 {
      await pool.assign(
        TrainTask(
          runID: "r", round: 1, client: ClientID(index: index),
          model: ModelManifest(architecture: "mean", assets: [], tensors: []), globals: [],
          settings: "{}", key: RandomKey(seed: 1)), blobs: MemoryBlobs())
    }
    for await _ in trainer.started { break }
    await pool.finish(.interrupted)
    for await event in pool.events { Issue.record("unexpected \(event)") }
  }
}

/// Moves the global mean halfway to the client's own numbers, drawn from the task's key.
final class MeanTrainer: TaskTrainer {
  private let failing: ClientID?
  private let finished = Mutex(0)
  var count: Int { finished.withLock { $0 } }

  init(failing: ClientID? = nil) { self.failing = failing }

  func train(
    _ task: TrainTask, blobs: any BlobSource, cancellation: Cancellation
  ) throws -> ClientUpdate {
    guard task.client != failing else { throw TributaryError("task.shard", "no such shard") }
    try cancellation.check()
    guard let entry = task.globals.first, let bytes = blobs.blob(entry.digest) else {
      throw TributaryError("task.blob", "the mean is missing")
    }
    let globals = bytes.array(of: Float.self)
    var stream = task.key.generator
    let delta = globals.map { ($0 * -0.5) + stream.uniform() * 0.37 }
    finished.withLock { $0 += 1 }
    return ClientUpdate(
      runID: task.runID, round: task.round, client: task.client,
      exampleCount: 10 + (Int(task.client.name.suffix(4)) ?? 0),
      delta: ["mean": HostTensor(delta, shape: entry.shape)],
      metrics: ["loss": Double(delta[0]), "accuracy": 0.5])
  }
}

/// Trains until it is cancelled.
struct EndlessTrainer: TaskTrainer {
  let started: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (started, continuation) = AsyncStream.makeStream(of: Void.self) }

  func train(
    _ task: TrainTask, blobs: any BlobSource, cancellation: Cancellation
  ) throws -> ClientUpdate {
    continuation.yield()
    while true { try cancellation.check() }
  }
}
