import Foundation
import Synchronization
import Testing
import TributaryCore
import TributaryCoordinator
import TributaryFederation
import TributaryPlan
import TributaryTestKit
import TributaryWire

/// What all clients measure after the last round.
@Suite struct ClientSurveyTests {
  private let folder = TemporaryFolder()

  private var plan: RunPlan {
    var plan = Run.plan(rounds: 3, perRound: 2)
    plan.evaluation.clients = .all
    return plan
  }

  /// Clients that learn, and measure what their number says: 0.0, 0.1, 0.2, ...
  private func pool(
    _ count: Int, answer: @escaping @Sendable (inout ClientUpdate) -> Void = { _ in }
  ) -> ScriptedPool {
    ScriptedPool(joined: Run.clients(count)) { pool, task, blobs in
      guard task.purpose == .evaluate else { return pool.train(task, blobs) }
      let number = Double(task.client.name.suffix(4)) ?? 0
      var update = ClientUpdate(
        runID: task.runID, round: task.round, client: task.client,
        exampleCount: 10 + Int(number), delta: [:],
        metrics: ["globalAccuracy": number / 10, "seconds": 1])
      answer(&update)
      pool.send(.updated(update, bytesUp: 7))
    }
  }

  private func coordinator(
    _ name: String, _ pool: ScriptedPool, opening: Coordinator.Opening = .new,
    plan: RunPlan? = nil, sinks: [@Sendable (RunEvent) -> Void] = []
  ) throws -> Coordinator {
    try Coordinator(
      opening: opening, directory: folder(name),
      inputs: Run.inputs(plan ?? self.plan, expected: 5),
      services: Run.services(pool, sinks: sinks))
  }

  private func table(_ name: String) throws -> [String] {
    try String(contentsOfFile: folder(name) + "/clients.csv", encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  @Test func everyClientCounts() async throws {
    let recorder = EventRecorder()
    let pool = pool(5)
    let summary = try await coordinator("a", pool, sinks: [recorder.sink]).run()
    #expect(
      try table("a") == [
        "client,examples,globalAccuracy", "client-0000,10,0.0", "client-0001,11,0.1",
        "client-0002,12,0.2", "client-0003,13,0.3", "client-0004,14,0.4",
      ])
    let mean = try #require(summary.metrics["globalAccuracy"])
    let low = try #require(summary.metrics["globalAccuracyP10"])
    let variance = try #require(summary.metrics["globalAccuracyVariance"])
    #expect(abs(mean - 0.2) < 1e-12 && summary.metrics["globalAccuracyWorst"] == 0)
    #expect(abs(low - 0.04) < 1e-12 && abs(variance - 0.02) < 1e-12)
    #expect(summary.metrics["loss"] != nil && summary.rounds == 3)
    #expect(recorder.names.suffix(2) == ["clients.evaluated", "run.completed"])
    // The same model that is the result, once for each, under no round's number.
    let tasks = pool.assigned.filter { $0.purpose == .evaluate }
    #expect(tasks.count == 5 && tasks.allSatisfy { $0.round == 4 })
    #expect(pool.settled.count == 2 * 3 + 5)
  }

  @Test func withoutItNobodyIsAsked() async throws {
    let pool = pool(5)
    let plain = try await coordinator("a", pool, plan: Run.plan(rounds: 3, perRound: 2)).run()
    #expect(pool.assigned.allSatisfy { $0.purpose == .train })
    #expect(!FileManager.default.fileExists(atPath: folder("a") + "/clients.csv"))
    #expect(try await coordinator("b", self.pool(5)).run().digest == plain.digest)
  }

  @Test func theBestRoundsModelIsMeasuredWhereItIsTheResult() async throws {
    var plan = plan
    plan.federation.stopping = StoppingPlan(metric: "loss", keepsBest: true)
    plan.federation.rounds = 4
    // Backwards from the best model: each round's loss is what it was two rounds before.
    struct Turning: ModelEvaluator {
      let calls = Counter()
      func evaluate(_: ParameterTree<HostTensor>) async throws -> [String: Double] {
        ["loss": [4, 1, 2, 3][calls.next()]]
      }
    }
    let pool = pool(5)
    let summary = try await Coordinator(
      opening: .new, directory: folder("a"), inputs: Run.inputs(plan, expected: 5),
      services: Run.services(pool, evaluator: Turning())
    ).run()
    #expect(summary.metrics["loss"] == 1)
    let measured = try #require(pool.assigned.last { $0.purpose == .evaluate }).globals
    // What round 3 began from is what round 2 left.
    let began = try #require(pool.assigned.first { $0.round == 3 }).globals
    #expect(measured == began)
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
      count.withLock { count in
        defer { count += 1 }
        return count
      }
    }
  }

  @Test func aClientThatCannotIsNamed() async throws {
    let lame = ClientID(index: 2)
    let recorder = EventRecorder()
    let pool = ScriptedPool(joined: Run.clients(5)) { pool, task, blobs in
      guard task.purpose == .evaluate else { return pool.train(task, blobs) }
      if task.client == lame {
        return pool.send(.failed(lame, round: task.round, reason: "out of memory"))
      }
      pool.send(
        .updated(
          ClientUpdate(
            runID: task.runID, round: task.round, client: task.client, exampleCount: 1, delta: [:],
            metrics: ["globalAccuracy": 0.5]), bytesUp: 0))
    }
    _ = try await coordinator("a", pool, sinks: [recorder.sink]).run()
    for case .clientsEvaluated(let survey) in recorder.events {
      #expect(survey.clients == 4 && survey.dropped.map(\.client) == [lame])
    }
    #expect(try table("a").count == 5)
  }

  @Test func aKillWhileClientsMeasureLosesNothing() async throws {
    let (root, path) = (folder.path, folder("run"))
    let copies = Mutex(0)
    let snapshot: @Sendable (RunEvent) -> Void = { event in
      if case .clientUpdated(_, let round, _, _, _) = event, round < 4 { return }
      let number = copies.withLock { count in
        count += 1
        return count
      }
      try? FileManager.default.copyItem(atPath: path, toPath: root + "/kill-\(number)")
    }
    let expected = try await coordinator("run", pool(5), sinks: [snapshot]).run()
    let count = copies.withLock { $0 }
    #expect(count > 12)
    for number in 1...count {
      let found = try await coordinator("kill-\(number)", pool(5), opening: .resume).run()
      #expect(found.digest == expected.digest && found.metrics == expected.metrics)
      #expect(try table("kill-\(number)") == table("run"))
    }
  }

  @Test func roundsAndBytesToTheTargetAreTold() async throws {
    var plan = Run.plan(rounds: 30)
    plan.federation.stopping.metric = "loss"
    plan.federation.stopping.target = 0.5
    let recorder = EventRecorder()
    let summary = try await coordinator(
      "a", ScriptedPool.learning(Run.clients(5)), plan: plan, sinks: [recorder.sink]
    ).run()
    let rounds = try #require(summary.roundsToTarget)
    #expect(rounds == summary.rounds && rounds < 30)
    // A scripted pool's rounds take 150 bytes each.
    #expect(summary.bytesToTarget == 150 * rounds)
    #expect(try RunHistory(of: folder("a")).summary == summary)
    let never = try await coordinator("b", ScriptedPool.learning(Run.clients(5))).run()
    #expect(never.roundsToTarget == nil && never.bytesToTarget == nil)
  }
}
