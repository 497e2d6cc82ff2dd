import Foundation
import Synchronization
import Testing
import TributaryCore
import TributaryCoordinator
import TributaryFederation
import TributaryPlan
import TributaryTestKit
import TributaryWire

/// Rounds whose updates lie on disk until the round closes.
@Suite struct UpdateSpoolTests {
  private let folder = TemporaryFolder()

  private func coordinator(
    _ name: String, _ strategy: StrategyPlan, opening: Coordinator.Opening = .new,
    clients: Int = 5, pool: ScriptedPool? = nil, sinks: [@Sendable (RunEvent) -> Void] = []
  ) throws -> Coordinator {
    let plan = Run.plan(rounds: 3, strategy: strategy)
    return try Coordinator(
      opening: opening, directory: folder(name), inputs: Run.inputs(plan, expected: clients),
      services: Run.services(pool ?? .learning(Run.clients(clients)), sinks: sinks))
  }

  private func spool(_ name: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder(name) + "/spool")) ?? []
  }

  @Test func anOpenRoundHasOneFileAndAClosedOneNone() async throws {
    let sizes = Mutex<[String: Int]>([:])
    let path = folder("a") + "/spool/"
    let watch: @Sendable (RunEvent) -> Void = { event in
      guard case .clientUpdated(_, _, let received, _, _) = event else { return }
      for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
        let size = try? FileManager.default.attributesOfItem(atPath: path + name)[.size] as? Int
        sizes.withLock { $0["\(name) \(received)"] = size }
      }
    }
    _ = try await coordinator("a", StrategyPlan(kind: "median"), sinks: [watch]).run()
    // Two floats and a counter of 8 bytes from each of five clients, round by round.
    for round in 1...3 {
      #expect(
        (1...5).map { received in
          sizes.withLock { $0["round-000\(round).updates \(received)"] }
        } == [16, 32, 48, 64, 80])
    }
    #expect(sizes.withLock { $0.count } == 15)
    #expect(spool("a").isEmpty)
  }

  @Test func whatNeedsNoSpoolHasNone() async throws {
    _ = try await coordinator("a", StrategyPlan(kind: "norm-clipping")).run()
    #expect(!FileManager.default.fileExists(atPath: folder("a") + "/spool"))
  }

  @Test func aFullDiskStopsTheRunAndBlamesNoClient() async throws {
    let kind = StrategyPlan(kind: "median")
    let expected = try await coordinator("expected", kind).run()
    let link = folder("a") + "/spool/round-0002.updates"
    let recorder = EventRecorder()
    let fill: @Sendable (RunEvent) -> Void = { event in
      guard case .roundStarted(1, _, _) = event else { return }
      try? FileManager.default.createSymbolicLink(
        atPath: link, withDestinationPath: "/dev/full")
    }
    do {
      _ = try await coordinator("a", kind, sinks: [fill, recorder.sink]).run()
      Issue.record("a full disk was not noticed")
    } catch let error as TributaryError {
      #expect(error.code == "file.full")
      #expect(error.description.contains("round-0002.updates: No space left on device"))
      #expect(error.description.contains("free some space"))
    }
    #expect(!recorder.names.contains("client.failed"))
    let resumed = try await coordinator("a", kind, opening: .resume).run()
    #expect(resumed.digest == expected.digest)
    #expect(spool("a").isEmpty)
  }

  @Test func unsoundUpdatesAreRefusedAndNotSpooled() async throws {
    let spoilt = ClientID(index: 1)
    let pool = ScriptedPool(joined: Run.clients(3)) { pool, task, blobs in
      guard task.client == spoilt else { return pool.train(task, blobs) }
      guard var update = try? ScriptedPool.update(task, blobs) else { return }
      update.delta["line.weight"] =
        task.round == 2 ? HostTensor([.nan, 0], shape: [2]) : HostTensor([1e8, 0], shape: [2])
      pool.send(.updated(update, bytesUp: 0))
    }
    let recorder = EventRecorder()
    let kind = StrategyPlan(kind: "median")
    let found = try await coordinator(
      "a", kind, clients: 3, pool: pool, sinks: [recorder.sink]
    ).run()
    #expect(recorder.completed.allSatisfy { $0.dropped.map(\.client) == [spoilt] })
    let sound = ScriptedPool.learning([ClientID(index: 0), ClientID(index: 2)])
    let expected = try await coordinator("b", kind, clients: 2, pool: sound).run()
    #expect(found.digest == expected.digest)
  }

  @Test func tooFewClientsForTheAttackersAreToldBeforeTheRun() async throws {
    let krum = StrategyPlan(kind: "krum", options: ["attackers": 2])
    #expect(await Run.code { _ = try coordinator("a", krum) } == "strategy.clients")
    #expect(!FileManager.default.fileExists(atPath: folder("a")))
    #expect(try await coordinator("b", krum, clients: 7).run().rounds == 3)
  }

  @Test func aRoundIsNotClosedWithFewerThanTheRuleNeeds() async throws {
    let krum = StrategyPlan(kind: "krum", options: ["attackers": 1])
    let pool = ScriptedPool(joined: Run.clients(5)) { pool, task, blobs in
      guard task.client == ClientID(index: 3) else { return pool.train(task, blobs) }
      pool.send(.failed(task.client, round: task.round, reason: "no power"))
    }
    #expect(
      await Run.code { _ = try await coordinator("a", krum, pool: pool).run() } == "run.quorum")
  }
}
