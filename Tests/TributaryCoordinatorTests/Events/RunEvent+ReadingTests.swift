import Testing
import TributaryCore
@testable import TributaryCoordinator
import TributaryFederation
import TributaryStorage

@Suite struct RunEventReadingTests {
  private func parsed(_ event: RunEvent) throws -> JSON {
    try JSON(parsing: Bytes(copying: Array(event.line.utf8)), name: "event")
  }

  @Test func roundsComeBack() throws {
    let round = RunEvent.RoundCompleted(
      round: 3, rounds: 9, metrics: ["loss": 0.1, "accuracy": 1],
      participants: [ClientID(index: 1), ClientID(index: 4)],
      dropped: [DroppedClient(client: ClientID(index: 2), reason: "</script> \"late\"\n")],
      exampleCount: 11, bytesDown: 7, bytesUp: 8, seconds: 1.5, serverSeconds: 0.25)
    #expect(try RunEvent.RoundCompleted(parsed(.roundCompleted(round))) == round)
  }

  @Test func numbersThatJSONLacksAreLeftOut() throws {
    let round = RunEvent.RoundCompleted(
      round: 1, rounds: 1, metrics: ["loss": .nan, "accuracy": 0.5], participants: [], dropped: [],
      exampleCount: 0, bytesDown: 0, bytesUp: 0, seconds: 0, serverSeconds: 0)
    let found = try RunEvent.RoundCompleted(parsed(.roundCompleted(round)))
    #expect(found.metrics == ["accuracy": 0.5])
  }

  @Test func beginningAndEndComeBack() throws {
    let digest = Digest(of: "model")
    let started = RunEvent.RunStarted(
      runID: "run-1", name: "a", directory: "out", strategy: "fedavg", rounds: 4, nextRound: 2,
      expectedClients: nil, planDigest: digest, movingElements: 5, frozenElements: 6)
    #expect(try RunEvent.RunStarted(parsed(.runResumed(started))) == started)
    let summary = RunSummary(
      runID: "run-1", rounds: 4, digest: digest, metrics: ["accuracy": 0.5], model: "out/model",
      seconds: 2.5, bytesDown: 1, bytesUp: 2)
    #expect(try RunSummary(parsed(.runCompleted(summary))) == summary)
  }

  @Test(arguments: [
    #"{}"#, #"{"rounds":1,"digest":"xyz"}"#, #"[]"#,
    #"{"run":1,"rounds":1,"metrics":{},"model":"m","seconds":1,"bytesDown":1,"bytesUp":1}"#,
  ])
  func whatIsMissingIsNamed(_ text: String) throws {
    let event = try JSON(parsing: Bytes(copying: Array(text.utf8)), name: "event")
    let error = #expect(throws: TributaryError.self) { try RunSummary(event) }
    #expect(error?.code == "run.event")
  }
}
