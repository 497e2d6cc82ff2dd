import Foundation
import Synchronization
import Testing
import TributaryCore
import TributaryCoordinator
import TributaryFederation
import TributaryPlan
import TributaryTestKit
import TributaryWire

/// FedBuff over the round machine: the same digest whenever updates come in, and after a kill at any moment.
@Suite struct BufferedRoundsTests {
  private let folder = TemporaryFolder()
  private let plan = Run.plan(
    rounds: 6, minimum: 2,
    strategy: StrategyPlan(kind: "fedbuff", options: ["bufferSize": 2, "concurrency": 5]))

  private func coordinator(
    _ name: String, opening: Coordinator.Opening = .new, pool: ScriptedPool,
    sinks: [@Sendable (RunEvent) -> Void] = []
  ) throws -> Coordinator {
    try Coordinator(
      opening: opening, directory: folder(name), inputs: Run.inputs(plan, expected: 8),
      services: Run.services(pool, sinks: sinks))
  }

  private func learning() -> ScriptedPool { .learning(Run.clients(8)) }

  private func spool(_ name: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder(name) + "/spool")) ?? []
  }

  @Test func whenUpdatesComeInChangesNothing() async throws {
    let recorder = EventRecorder()
    let expected = try await coordinator("a", pool: learning(), sinks: [recorder.sink]).run()
    let rounds = recorder.completed
    #expect(rounds.allSatisfy { $0.participants.count == 2 && $0.dropped.isEmpty })
    #expect(rounds.last?.metrics["stalenessMaximum"] ?? 0 > 0)
    #expect(spool("a").isEmpty)
    for trial in 0..<5 {
      let random = Mutex(RandomKey(seed: 9).at(trial).generator)
      let pool = ScriptedPool(joined: Run.clients(8)) { pool, task, blobs in
        let delay = random.withLock { $0.below(4000) }
        Task {
          try? await Task.sleep(for: .microseconds(delay))
          pool.train(task, blobs)
        }
      }
      let found = try await coordinator("trial-\(trial)", pool: pool).run()
      #expect(found.digest == expected.digest && found.metrics == expected.metrics)
    }
  }

  /// A task keeps the round it began in, and that round's model.
  @Test func tasksAreThoseOfTheRoundTheyBeganIn() async throws {
    let pool = learning()
    let recorder = EventRecorder()
    _ = try await coordinator("a", pool: pool, sinks: [recorder.sink]).run()
    let models = Dictionary(grouping: pool.assigned, by: \.round).mapValues {
      Set($0.map { $0.globals[0].digest })
    }
    #expect(models.values.allSatisfy { $0.count == 1 })
    #expect(Set(models.values.compactMap(\.first)).count == models.count)
    for task in pool.assigned {
      #expect(
        task.key == plan.randomKey.at("client").at(task.client.name).at(task.round))
      #expect(task.countedRound < task.round)
    }
    // Everybody who is done has had one task since it last counted.
    #expect(pool.assigned.count >= recorder.completed.flatMap(\.participants).count)
  }

  /// Clients of which a quarter fails: who, depends on the task alone.
  private func failing(_ order: [ClientID]? = nil) -> ScriptedPool {
    ScriptedPool(joined: order ?? Run.clients(8)) { pool, task, blobs in
      var fate = RandomKey(seed: 77).at(task.client.name).at(task.round).generator
      guard fate.below(4) > 0 else {
        return pool.send(.failed(task.client, round: task.round, reason: "out of disk"))
      }
      pool.train(task, blobs)
    }
  }

  @Test(arguments: [false, true])
  func aKillAtAnyEventEndsInTheSameDigest(someFail: Bool) async throws {
    let (root, path) = (folder.path, folder("run"))
    let copies = Mutex(0)
    let snapshot: @Sendable (RunEvent) -> Void = { _ in
      let number = copies.withLock { count in
        count += 1
        return count
      }
      try? FileManager.default.copyItem(atPath: path, toPath: root + "/kill-\(number)")
    }
    let recorder = EventRecorder()
    let expected = try await coordinator(
      "run", pool: someFail ? failing() : learning(), sinks: [snapshot, recorder.sink]
    ).run()
    #expect(recorder.completed.contains { !$0.dropped.isEmpty } == someFail)
    #expect(recorder.completed.allSatisfy { $0.participants.count == 2 })
    let count = copies.withLock { $0 }
    #expect(count > 20)
    for number in 1...count {
      let order = RandomKey(seed: 1).at(number).permutation(of: 8).map(ClientID.init(index:))
      let found = try await coordinator(
        "kill-\(number)", opening: .resume, pool: someFail ? failing(order) : .learning(order)
      ).run()
      #expect(found.digest == expected.digest, "killed at event \(number)")
      #expect(spool("kill-\(number)").isEmpty)
    }
  }

  @Test func anUnsoundUpdateThatWasHeldIsRefusedInItsRound() async throws {
    let spoilt = ClientID(index: 1)
    let recorder = EventRecorder()
    let pool = ScriptedPool(joined: Run.clients(8)) { pool, task, blobs in
      guard task.client == spoilt else { return pool.train(task, blobs) }
      guard var update = try? ScriptedPool.update(task, blobs) else { return }
      update.delta["line.weight"] = HostTensor([.nan, 0], shape: [2])
      pool.send(.updated(update, bytesUp: 0))
    }
    var plan = plan
    plan.federation.minimumClients = 1
    _ = try await Coordinator(
      opening: .new, directory: folder("a"), inputs: Run.inputs(plan, expected: 8),
      services: Run.services(pool, sinks: [recorder.sink])
    ).run()
    #expect(recorder.completed.allSatisfy { !$0.participants.contains(spoilt) })
    #expect(recorder.completed.contains { $0.dropped.map(\.client) == [spoilt] })
  }
}
