import Foundation
import Testing
import TributaryCore
@testable import TributaryCoordinator
import TributaryFederation

@Suite struct RunEventTests {
  private let client = ClientID(index: 1)

  @Test func roundCompletedReadsAsTheContractSays() throws {
    let event = RunEvent.roundCompleted(
      RunEvent.RoundCompleted(
        round: 1, rounds: 2, metrics: ["loss": 0.5, "accuracy": 0.875], participants: [client],
        dropped: [DroppedClient(client: ClientID(index: 2), reason: "a \"quote\"\n")],
        exampleCount: 10, bytesDown: 7, bytesUp: 8, seconds: 1.5, serverSeconds: 0.5))
    #expect(
      event.line.hasPrefix(
        #"{"event":"round.completed","round":1,"metrics":{"accuracy":0.875,"loss":0.5},"#
          + #""participants":["client-0001"],"bytesDown":7,"bytesUp":8,"seconds":1.5,"#))
    #expect(event.line.contains(#""reason":"a \"quote\"\n""#))
    #expect(!event.line.contains("\n"))
    _ = try JSONSerialization.jsonObject(with: Data(event.line.utf8))
  }

  @Test func runCompletedReadsAsTheContractSays() {
    let digest = Digest(of: "model")
    let event = RunEvent.runCompleted(
      RunSummary(
        runID: "run-1", rounds: 3, digest: digest, metrics: ["accuracy": 1], model: "out/model",
        seconds: 2, bytesDown: 1, bytesUp: 2))
    #expect(
      event.line.hasPrefix(
        #"{"event":"run.completed","rounds":3,"digest":"\#(digest.hex)","#
          + #""metrics":{"accuracy":1.0},"model":"out/model","seconds":2.0,"#))
  }

  @Test func numbersThatJSONLacksBecomeNull() throws {
    let event = RunEvent.roundCompleted(
      RunEvent.RoundCompleted(
        round: 1, rounds: 2, metrics: ["loss": .nan, "accuracy": .infinity], participants: [],
        dropped: [], exampleCount: 0, bytesDown: 0, bytesUp: 0, seconds: 0, serverSeconds: 0))
    #expect(event.line.contains(#""metrics":{"accuracy":null,"loss":null}"#))
  }

  @Test func controlCharactersAreEscaped() throws {
    let event = RunEvent.clientFailed(client, round: 1, reason: "bell \u{7} tab \t back \\ é 🙂")
    let object = try JSONSerialization.jsonObject(with: Data(event.line.utf8)) as? [String: Any]
    #expect(object?["reason"] as? String == "bell \u{7} tab \t back \\ é 🙂")
  }
}
