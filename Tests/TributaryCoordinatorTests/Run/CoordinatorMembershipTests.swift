import Testing
import TributaryCore
import TributaryCoordinator
import TributaryFederation
import TributaryPlan
import TributaryTestKit
import TributaryWire

/// Clients that leave, return, fail, or are late, under a clock that only the test moves.
@Suite struct CoordinatorMembershipTests {
  private let folder = TemporaryFolder()
  private let clock = VirtualClock()
  private let recorder = EventRecorder()
  private let away = ClientID(index: 2)

  private func coordinator(
    _ plan: RunPlan, _ pool: ScriptedPool, expected: Int?,
    evaluator: (any ModelEvaluator)? = LineEvaluator()
  ) throws -> Coordinator {
    try Coordinator(
      opening: .new, directory: folder("run"), inputs: Run.inputs(plan, expected: expected),
      services: Run.services(pool, clock: clock, evaluator: evaluator, sinks: [recorder.sink]))
  }

  @Test func aClientThatLeavesIsDroppedAndTakesPartAgainLater() async throws {
    let pool = ScriptedPool(joined: Run.clients(3)) { [away] pool, task, blobs in
      if task.client == away && task.round == 1 {
        pool.send(.left(away, reason: "lease lapsed"))
      } else {
        pool.train(task, blobs)
      }
      // It returns while round 2 is open: too late for that one's cohort.
      if task.round == 2 { pool.send(.joined(ScriptedPool.info(away))) }
    }
    _ = try await coordinator(Run.plan(rounds: 3, minimum: 2), pool, expected: 3).run()
    #expect(recorder.completed.map { $0.participants.count } == [2, 2, 3])
    #expect(recorder.completed[0].dropped == [DroppedClient(client: away, reason: "lease lapsed")])
    #expect(pool.withdrawn == [away])
  }

  @Test func aRoundBelowItsMinimumWaitsForAReturn() async throws {
    let pool = ScriptedPool(joined: Run.clients(3)) { [away, clock] pool, task, blobs in
      if task.client == away && task.round == 1 && !pool.returned {
        clock.advance(to: 10)
        pool.send(.left(away, reason: "killed"))
      } else {
        pool.train(task, blobs)
      }
    }
    let coordinator = try coordinator(
      Run.plan(rounds: 2, minimum: 3, window: 40), pool, expected: 3)
    async let summary = coordinator.run()
    await clock.sleeper(until: 50)
    clock.advance(to: 30)
    pool.returned = true
    await pool.rejoin(away)
    #expect(try await summary.rounds == 2)
    #expect(recorder.completed.map { $0.participants.count } == [3, 3])
    #expect(recorder.names.contains("waiting"))
  }

  @Test func patienceEndsTheRunWithAReason() async throws {
    let pool = ScriptedPool(joined: Run.clients(3)) { [away, clock] pool, task, blobs in
      guard task.client == away else { return pool.train(task, blobs) }
      clock.advance(to: 10)
      pool.send(.left(away, reason: "killed"))
    }
    let coordinator = try coordinator(
      Run.plan(rounds: 2, minimum: 3, window: 40), pool, expected: 3)
    async let code = Run.code { _ = try await coordinator.run() }
    await clock.sleeper(until: 50)
    clock.advance(to: 50)
    #expect(await code == "run.quorum")
    guard case .failed(let reason) = pool.outcome else {
      Issue.record("the clients were not told")
      return
    }
    #expect(reason.contains("client-0002: killed"))
    #expect(recorder.names.last == "run.failed")
  }

  @Test func theDeadlineClosesTheRound() async throws {
    let pool = ScriptedPool(joined: Run.clients(3)) { [away] pool, task, blobs in
      if task.client != away { pool.train(task, blobs) }
    }
    let coordinator = try coordinator(
      Run.plan(rounds: 2, minimum: 2, deadline: 90), pool, expected: 3)
    async let summary = coordinator.run()
    await clock.sleeper(until: 90)
    clock.advance(to: 90)
    await clock.sleeper(until: 180)
    clock.advance(to: 180)
    _ = try await summary
    #expect(recorder.completed.map(\.participants) == [Run.clients(2), Run.clients(2)])
    #expect(recorder.completed.map(\.seconds) == [90, 90])
  }

  @Test func aClientsFailureIsOnTheConsoleAtOnce() async throws {
    let pool = ScriptedPool(joined: Run.clients(3)) { [away] pool, task, blobs in
      if task.client == away {
        pool.send(.failed(away, round: task.round, reason: "label 9 outside the classes"))
      } else {
        pool.train(task, blobs)
      }
    }
    _ = try await coordinator(Run.plan(rounds: 1, minimum: 2), pool, expected: 3).run()
    let reasons = recorder.events.compactMap { event -> String? in
      if case .clientFailed(_, _, let reason) = event { reason } else { nil }
    }
    #expect(reasons == ["label 9 outside the classes"])
  }

  @Test func theJoinWindowEndsTheWait() async throws {
    let pool = ScriptedPool.learning(Run.clients(2))
    let coordinator = try coordinator(
      Run.plan(rounds: 1, minimum: 2, window: 15), pool, expected: 4)
    async let summary = coordinator.run()
    await clock.sleeper(until: 15)
    clock.advance(to: 15)
    _ = try await summary
    #expect(recorder.completed.map(\.participants) == [Run.clients(2)])
    let waiting = recorder.events.compactMap { event -> Waiting? in
      if case .waiting(let waiting) = event { waiting } else { nil }
    }
    #expect(waiting.last?.have == 2 && waiting.last?.need == 4)
  }

  @Test(arguments: ["gathering", "training", "evaluating"])
  func stopLosesNothing(phase: String) async throws {
    let plan = Run.plan(rounds: 3)
    let reached = AsyncStream.makeStream(of: Void.self)
    struct Hanging: ModelEvaluator {
      let reached: AsyncStream<Void>.Continuation
      func evaluate(_ tensors: ParameterTree<HostTensor>) async throws -> [String: Double] {
        reached.yield()
        try await Task.sleep(for: .seconds(600))
        return [:]
      }
    }
    let pool = ScriptedPool(joined: phase == "gathering" ? [] : Run.clients(2)) {
      pool, task, blobs in
      if phase == "training" && task.round == 2 {
        reached.continuation.yield()
      } else {
        pool.train(task, blobs)
      }
    }
    let coordinator = try coordinator(
      plan, pool, expected: 2,
      evaluator: phase == "evaluating" ? Hanging(reached: reached.continuation) : LineEvaluator())
    async let code = Run.code { _ = try await coordinator.run() }
    if phase == "gathering" {
      await clock.sleeper(until: 60)
    } else {
      for await _ in reached.stream { break }
    }
    coordinator.stop()
    #expect(await code == "run.interrupted")
    #expect(pool.outcome == .interrupted)
    #expect(recorder.names.last == "run.interrupted")
  }

  @Test func aStoppedRunGoesOnToTheSameDigest() async throws {
    let plan = Run.plan(rounds: 3)
    let undisturbed = try await Coordinator(
      opening: .new, directory: folder("undisturbed"), inputs: Run.inputs(plan, expected: 2),
      services: Run.services(ScriptedPool.learning(Run.clients(2)))
    ).run()
    let reached = AsyncStream.makeStream(of: Void.self)
    let pool = ScriptedPool(joined: Run.clients(2)) { pool, task, blobs in
      if task.round == 2 && task.client.name.hasSuffix("1") {
        reached.continuation.yield()
      } else {
        pool.train(task, blobs)
      }
    }
    try await stop(coordinator(plan, pool, expected: 2), when: reached.stream)
    let resumed = try await Coordinator(
      opening: .resume, directory: folder("run"), inputs: Run.inputs(plan, expected: 2),
      services: Run.services(ScriptedPool.learning(Run.clients(2)))
    ).run()
    #expect(resumed.digest == undisturbed.digest)
  }

  private func stop(_ coordinator: Coordinator, when reached: AsyncStream<Void>) async throws {
    async let code = Run.code { _ = try await coordinator.run() }
    for await _ in reached { break }
    coordinator.stop()
    #expect(await code == "run.interrupted")
  }
}
