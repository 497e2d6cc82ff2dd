import Foundation
import Testing
import TributaryCore
import TributaryCoordinator
import TributaryFederation
import TributaryPlan
import TributaryStorage
import TributaryTestKit
import TributaryWire

@Suite struct CoordinatorTests {
  private let folder = TemporaryFolder()

  private func run(
    _ name: String, _ plan: RunPlan, _ pool: ScriptedPool, expected: Int? = 4,
    recorder: EventRecorder = EventRecorder()
  ) async throws -> RunSummary {
    try await Coordinator(
      opening: .new, directory: folder(name), inputs: Run.inputs(plan, expected: expected),
      services: Run.services(pool, sinks: [recorder.sink])
    ).run()
  }

  @Test func learnsAndWritesWhatItLearnt() async throws {
    let pool = ScriptedPool.learning(Run.clients(4))
    let recorder = EventRecorder()
    let summary = try await run("a", Run.plan(rounds: 30), pool, recorder: recorder)
    let rounds = recorder.completed
    #expect(rounds.map(\.round) == Array(1...30))
    let first = try #require(rounds.first?.metrics["loss"])
    let last = try #require(rounds.last?.metrics["loss"])
    #expect(last < first / 20)
    #expect(rounds.allSatisfy { $0.participants == Run.clients(4) && $0.dropped.isEmpty })
    #expect(
      rounds.allSatisfy { $0.metrics["trainLoss"] != nil && $0.metrics["trainAccuracy"] == 0.5 })
    #expect(rounds.allSatisfy { $0.bytesDown == 100 && $0.bytesUp == 50 })
    #expect(summary.rounds == 30 && summary.bytesDown == 3000)
    #expect(pool.outcome == .completed(rounds: 30, digest: summary.digest))
    let written = try Data(contentsOf: URL(fileURLWithPath: summary.model + "/model.safetensors"))
    #expect(Digest(of: Bytes(copying: Array(written))) == summary.digest)
    let model = try SafetensorsFile(bytes: Bytes(copying: Array(written)), name: "model").tensors
    #expect(model["norm.count"]?.bytes == Bytes(copying: [Int64(150)]))
    #expect(model.names == ["frozen.scale", "line.weight", "norm.count"])
    let kept = try FileManager.default.contentsOfDirectory(atPath: folder("a") + "/checkpoints")
    #expect(kept.sorted() == ["round-0029.safetensors", "round-0030.safetensors"])
  }

  @Test(arguments: ["fedavg", "reptile", "trimmed-mean", "krum"])
  func orderOfArrivalChangesNothing(strategy: String) async throws {
    let plan = Run.plan(rounds: 4, perRound: 5, strategy: StrategyPlan(kind: strategy))
    let expected = try await run(
      "expected", plan, ScriptedPool.learning(Run.clients(9)), expected: 9)
    for trial in 0..<5 {
      let order = RandomKey(seed: 3).at(trial).permutation(of: 9)
      let held = Held(count: 5, order: RandomKey(seed: 4).at(trial).permutation(of: 5))
      let pool = ScriptedPool(joined: order.map(ClientID.init(index:))) { pool, task, blobs in
        for (task, blobs) in await held.add(task, blobs) { pool.train(task, blobs) }
      }
      let found = try await run("trial-\(trial)", plan, pool, expected: 9)
      #expect(found.digest == expected.digest)
      #expect(found.metrics == expected.metrics)
    }
  }

  /// Tasks held back until all of a round are there, then released in another order.
  private actor Held {
    private var tasks: [(TrainTask, any BlobSource)] = []
    private let count: Int
    private let order: [Int]
    init(count: Int, order: [Int]) { (self.count, self.order) = (count, order) }
    func add(_ task: TrainTask, _ blobs: any BlobSource) -> [(TrainTask, any BlobSource)] {
      tasks.append((task, blobs))
      guard tasks.count == count else { return [] }
      defer { tasks = [] }
      return order.map { tasks[$0] }
    }
  }

  @Test func tasksSayAllThatTheyDependOn() async throws {
    let plan = Run.plan(rounds: 2)
    let pool = ScriptedPool.learning(Run.clients(2))
    _ = try await run("a", plan, pool, expected: 2)
    let tasks = pool.assigned
    #expect(tasks.map(\.round) == [1, 1, 2, 2])
    for task in tasks {
      #expect(
        task.key == plan.randomKey.at("client").at(task.client.name).at(task.round))
      #expect(task.globals.map(\.name) == ["line.weight", "norm.count"])
      #expect(task.model.tensors.map(\.name) == ["frozen.scale"])
      #expect(task.model.assets.map(\.name) == ["config.json"])
    }
    #expect(tasks[0].globals == tasks[1].globals && tasks[0].globals != tasks[2].globals)
    #expect(pool.settled.count == 4 && pool.settled.allSatisfy { $0.1 == nil })
  }

  @Test func unsoundUpdatesAreRefusedAndNeverAggregated() async throws {
    let plan = Run.plan(rounds: 2, minimum: 1)
    let spoilt = ClientID(index: 1)
    for (name, spoil) in Self.spoilers {
      let recorder = EventRecorder()
      let pool = ScriptedPool(joined: Run.clients(2)) { pool, task, blobs in
        guard task.client == spoilt else { return pool.train(task, blobs) }
        guard var update = try? ScriptedPool.update(task, blobs) else { return }
        spoil(&update)
        pool.send(.updated(update, bytesUp: 0))
      }
      let found = try await run("bad-" + name, plan, pool, expected: 2, recorder: recorder)
      let rounds = recorder.completed
      #expect(rounds.map(\.participants) == [[ClientID(index: 0)], [ClientID(index: 0)]])
      #expect(rounds.allSatisfy { $0.dropped.map(\.client) == [spoilt] })
      #expect(pool.settled.filter { $0.0 == spoilt && $0.1 != nil }.count == 2)
      #expect(recorder.names.filter { $0 == "client.failed" }.count == 2)
      let alone = try await run(
        "alone-" + name, plan, ScriptedPool.learning(Run.clients(1)), expected: 1)
      #expect(found.digest == alone.digest)
    }
  }

  private static let spoilers: [(String, @Sendable (inout ClientUpdate) -> Void)] = [
    ("nan", { $0.delta["line.weight"] = HostTensor([.nan, 0], shape: [2]) }),
    ("infinite", { $0.delta["line.weight"] = HostTensor([.infinity, 0], shape: [2]) }),
    ("shape", { $0.delta["line.weight"] = HostTensor([1, 2, 3], shape: [3]) }),
    ("missing", { $0.delta["norm.count"] = nil }),
    ("extra", { $0.delta["frozen.scale"] = HostTensor([0], shape: [1]) }),
    ("examples", { $0.exampleCount = 0 }),
    ("run", { $0.runID = "another" }),
  ]

  @Test func updatesForOtherRoundsAndDuplicatesAreSettledAndIgnored() async throws {
    let plan = Run.plan(rounds: 2)
    let expected = try await run("a", plan, ScriptedPool.learning(Run.clients(2)), expected: 2)
    let pool = ScriptedPool(joined: Run.clients(2)) { pool, task, blobs in
      pool.train(task, blobs)
      pool.train(task, blobs)
      if var late = try? ScriptedPool.update(task, blobs) {
        late.round += 5
        pool.send(.updated(late, bytesUp: 0))
      }
    }
    #expect(try await run("b", plan, pool, expected: 2).digest == expected.digest)
  }

  @Test func evaluatesWhenThePlanSays() async throws {
    for (every, expected) in [(1, [1, 2, 3, 4, 5]), (2, [2, 4, 5]), (0, [5])] {
      let recorder = EventRecorder()
      _ = try await run(
        "every-\(every)", Run.plan(rounds: 5, every: every),
        ScriptedPool.learning(Run.clients(1)), expected: 1, recorder: recorder)
      #expect(
        recorder.completed.filter { $0.metrics["loss"] != nil }.map(\.round) == expected)
    }
  }
}
