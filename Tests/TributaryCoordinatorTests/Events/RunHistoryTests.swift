import Foundation
import Testing
import TributaryCore
@testable import TributaryCoordinator
import TributaryPlan
import TributaryTestKit

@Suite struct RunHistoryTests {
  private let folder = TemporaryFolder()

  /// A run that really took place, with its summary and its events.
  private func run(
    _ plan: RunPlan = Run.plan(rounds: 4)
  ) async throws -> (RunSummary, EventRecorder) {
    let recorder = EventRecorder()
    let summary = try await Coordinator(
      opening: .new, directory: folder("run"), inputs: Run.inputs(plan, expected: 3),
      services: Run.services(ScriptedPool.learning(Run.clients(3)), sinks: [recorder.sink])
    ).run()
    return (summary, recorder)
  }

  private func append(_ text: String) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder("run/events.jsonl")))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
  }

  @Test func tellsWhatTheRunTold() async throws {
    let (summary, recorder) = try await run()
    let history = try RunHistory(of: folder("run"))
    #expect(history.summary == summary)
    #expect(history.rounds == recorder.completed && history.rounds.count == 4)
    #expect(history.plan == Run.plan(rounds: 4))
    #expect(history.started?.strategy == "fedavg" && history.failure == nil)
  }

  @Test func aRoundThatIsReportedAgainCountsOnce() async throws {
    let (_, recorder) = try await run()
    var again = try #require(recorder.completed.last)
    again.seconds = 77
    try append(RunEvent.roundCompleted(again).line + "\n")
    let history = try RunHistory(of: folder("run"))
    #expect(history.rounds.map(\.round) == [1, 2, 3, 4] && history.rounds.last?.seconds == 77)
  }

  @Test func aLineThatIsBeingWrittenIsPassedOver() async throws {
    let (summary, _) = try await run()
    try append(#"{"event":"round.comp"#)
    #expect(try RunHistory(of: folder("run")).summary == summary)
    try append("\n")
    let error = #expect(throws: TributaryError.self) { try RunHistory(of: folder("run")) }
    #expect(error?.code == "run.events")
  }

  @Test func roundsToTarget() async throws {
    let (_, recorder) = try await run()
    let losses = recorder.completed.compactMap { $0.metrics["loss"] }
    var history = try RunHistory(of: folder("run"))
    #expect(history.roundsToTarget == nil)
    history.plan.federation.stopping = StoppingPlan(metric: "loss", target: losses[2])
    #expect(history.roundsToTarget == losses.firstIndex { $0 <= losses[2] }.map { $0 + 1 })
  }

  @Test func aFolderWithoutARunIsRefused() {
    let error = #expect(throws: TributaryError.self) { try RunHistory(of: folder("none")) }
    #expect(error?.code == "run.missing" && error?.message.contains("none") == true)
  }
}
