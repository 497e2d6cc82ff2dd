import Foundation
import Synchronization
import Testing
import TributaryCore
import TributaryCoordinator
import TributaryPlan
import TributaryTestKit
import TributaryWire

/// Kills at every step: what is on disk at that moment must be enough to reach the same digest.
@Suite struct CoordinatorResumeTests {
  private let folder = TemporaryFolder()
  private let plan = Run.plan(
    rounds: 4, perRound: 3, minimum: 2, strategy: StrategyPlan(kind: "reptile"))

  private func coordinator(
    _ opening: Coordinator.Opening, _ directory: String, plan: RunPlan? = nil,
    pool: any ClientPool = ScriptedPool.learning(Run.clients(5)),
    sinks: [@Sendable (RunEvent) -> Void] = []
  ) throws -> Coordinator {
    try Coordinator(
      opening: opening, directory: directory, inputs: Run.inputs(plan ?? self.plan, expected: 5),
      services: Run.services(pool, sinks: sinks))
  }

  private func copy(_ from: String, _ to: String) {
    try? FileManager.default.copyItem(atPath: from, toPath: to)
  }

  @Test(arguments: ["reptile", "median"])
  func aKillAtAnyEventEndsInTheSameDigest(kind: String) async throws {
    var plan = plan
    plan.federation.strategy.kind = kind
    let (root, path) = (folder.path, folder("run"))
    let copies = Mutex(0)
    let snapshot: @Sendable (RunEvent) -> Void = { _ in
      let number = copies.withLock { count in
        count += 1
        return count
      }
      try? FileManager.default.copyItem(atPath: path, toPath: root + "/kill-\(number)")
    }
    let expected = try await coordinator(.new, path, plan: plan, sinks: [snapshot]).run()
    let count = copies.withLock { $0 }
    #expect(count > 20)
    for number in 1...count {
      let recorder = EventRecorder()
      let order = RandomKey(seed: 1).at(number).permutation(of: 5).map(ClientID.init(index:))
      let found = try await coordinator(
        .resume, folder("kill-\(number)"), plan: plan, pool: ScriptedPool.learning(order),
        sinks: [recorder.sink]
      ).run()
      #expect(found.digest == expected.digest, "killed at event \(number)")
      #expect(found.metrics == expected.metrics)
      #expect(recorder.names.first == "run.resumed")
      try checkLog(folder("kill-\(number)"))
      // What was on disk of the open round is gone, too.
      let spool = folder("kill-\(number)") + "/spool"
      #expect(((try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? []).isEmpty)
    }
  }

  /// Every round is reported, in order (a kill between report and record may report it twice).
  private func checkLog(_ directory: String) throws {
    let text = try String(contentsOfFile: directory + "/events.jsonl", encoding: .utf8)
    var rounds: [Int] = []
    for line in text.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let name = try #require(object?["event"] as? String)
      if name == "round.completed", let round = object?["round"] as? Int { rounds.append(round) }
    }
    #expect(rounds == rounds.sorted() && Set(rounds) == Set(1...4))
    #expect(rounds.count <= 5)
  }

  @Test func aKillWhileACheckpointIsWrittenLosesNothing() async throws {
    let expected = try await coordinator(.new, folder("expected")).run()
    // A folder in its place keeps the third checkpoint from being written.
    let obstacle = folder("a") + "/checkpoints/round-0003.safetensors"
    let block: @Sendable (RunEvent) -> Void = { event in
      guard case .roundStarted(3, _, _) = event else { return }
      try? FileManager.default.createDirectory(
        atPath: obstacle + "/inside", withIntermediateDirectories: true)
    }
    let pool = ScriptedPool.learning(Run.clients(5))
    #expect(
      await Run.code {
        _ = try await coordinator(.new, folder("a"), pool: pool, sinks: [block]).run()
      } == "file.write")
    guard case .failed = pool.outcome else {
      Issue.record("the clients were told \(String(describing: pool.outcome))")
      return
    }
    try FileManager.default.removeItem(atPath: obstacle)
    // A half-written file beside it does no harm.
    try Data("torn".utf8).write(to: URL(fileURLWithPath: obstacle + ".a-1.part"))
    #expect(try await coordinator(.resume, folder("a")).run().digest == expected.digest)
  }

  /// A copy of the run as it was when round 3 opened.
  private func killedInRound3(_ name: String) async throws -> RunSummary {
    let (path, target) = (folder(name + "-whole"), folder(name))
    return try await coordinator(
      .new, path,
      sinks: [
        { event in
          if case .roundStarted(3, _, _) = event {
            try? FileManager.default.copyItem(atPath: path, toPath: target)
          }
        }
      ]
    ).run()
  }

  private func damage(_ path: String) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
  }

  @Test func aDamagedNewestCheckpointIsPassedOver() async throws {
    let expected = try await killedInRound3("a")
    try damage(folder("a") + "/checkpoints/round-0002.safetensors")
    let recorder = EventRecorder()
    let found = try await coordinator(.resume, folder("a"), sinks: [recorder.sink]).run()
    #expect(found.digest == expected.digest)
    #expect(recorder.names.contains("warning"))
    #expect(recorder.completed.map(\.round) == [2, 3, 4])
  }

  @Test func twoDamagedCheckpointsAreAnError() async throws {
    _ = try await killedInRound3("a")
    try damage(folder("a") + "/checkpoints/round-0002.safetensors")
    try FileManager.default.removeItem(
      atPath: folder("a") + "/checkpoints/round-0001.safetensors")
    #expect(
      await Run.code { _ = try coordinator(.resume, folder("a")) } == "checkpoint.damaged")
  }

  @Test func whatDoesNotFitIsRefused() async throws {
    #expect(await Run.code { _ = try coordinator(.resume, folder("none")) } == "run.missing")
    #expect(!FileManager.default.fileExists(atPath: folder("none")))
    #expect(
      await Run.code { _ = try RunDirectory.storedPlan(in: folder("none")) } == "run.missing")
    _ = try await killedInRound3("a")
    #expect(await Run.code { _ = try coordinator(.new, folder("a")) } == "run.exists")
    var other = plan
    other.federation.rounds = 9
    #expect(
      await Run.code { _ = try coordinator(.resume, folder("a"), plan: other) } == "run.planChanged"
    )
    var inputs = try Run.inputs(plan, expected: 5)
    inputs.globals["line.weight"] = HostTensor([1, 0], shape: [2])
    #expect(
      await Run.code {
        _ = try Coordinator(
          opening: .resume, directory: folder("a"), inputs: inputs,
          services: Run.services(ScriptedPool()))
      } == "run.modelChanged")
    #expect(try RunDirectory.storedPlan(in: folder("a")) == plan)
    // After all those refusals the run still goes on.
    #expect(try await coordinator(.resume, folder("a")).run().rounds == 4)
  }

  @Test func aSecondCoordinatorIsRefused() async throws {
    let first = try coordinator(.new, folder("a"))
    #expect(await Run.code { _ = try coordinator(.resume, folder("a")) } == "run.locked")
    _ = try await first.run()
  }

  @Test func aPlanThatCannotRunLeavesNoDirectory() async throws {
    var bad = plan
    bad.federation.strategy.kind = "fedavgg"
    #expect(
      await Run.code { _ = try coordinator(.new, folder("bad"), plan: bad) } == "strategy.kind")
    #expect(!FileManager.default.fileExists(atPath: folder("bad")))
  }
}
