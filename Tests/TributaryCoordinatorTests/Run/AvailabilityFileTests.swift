import Foundation
import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan
import TributaryTestKit

@testable import TributaryCoordinator

@Suite struct AvailabilityFileTests {
  private let folder = TemporaryFolder()

  private func file(_ text: String) throws -> AvailabilityFile {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder("trace")))
    return try AvailabilityFile(path: folder("trace"))
  }

  private func rounds(_ file: AvailabilityFile, _ client: Int) -> [Int] {
    (1...10).filter {
      file.trace.isAvailable(ClientID(index: client), round: $0, key: RandomKey(seed: 0))
    }
  }

  @Test func bothFormsSayTheSame() throws {
    let table = try file(
      "client, from, to\nclient-0000,1,3\nclient-0001, 2,2\r\n\nclient-0000,6,6\n")
    let lines = try file(
      """
      {"client": "client-0000", "from": 1, "to": 3}
      {"client": "client-0001", "from": 2, "to": 2}
        {"client": "client-0000", "from": 6, "to": 6}
      """)
    for found in [table, lines] {
      #expect(rounds(found, 0) == [1, 2, 3, 6])
      #expect(rounds(found, 1) == [2])
      #expect(rounds(found, 2) == [])
    }
    #expect(table.digest != lines.digest)
  }

  @Test(arguments: [
    "client-0000,1", "client-0000,0,3", "client-0000,5,3", "client-0000,one,3",
    "{\"client\": \"client-0000\", \"from\": 1}", "{\"client\": 7}", "../up,1,2", "{",
  ])
  func whatIsNoTraceIsRefused(line: String) {
    #expect(throws: TributaryError.self) { try file("client-0001,1,2\n" + line) }
  }

  @Test func aResumedRunMustFindTheSameTrace() async throws {
    _ = try file("client-0000,1,9\nclient-0001,2,9\n")
    var plan = Run.plan(rounds: 3)
    plan.federation.availability = AvailabilityPlan(kind: .trace, path: folder("trace"))
    let recorder = EventRecorder()
    let whole = folder("whole")
    let stopped = folder("stopped")
    let copy: @Sendable (RunEvent) -> Void = { event in
      guard case .roundStarted(2, _, _) = event else { return }
      try? FileManager.default.copyItem(atPath: whole, toPath: stopped)
    }
    func coordinator(_ opening: Coordinator.Opening, _ path: String) throws -> Coordinator {
      try Coordinator(
        opening: opening, directory: path, inputs: Run.inputs(plan, expected: 2),
        services: Run.services(
          ScriptedPool.learning(Run.clients(2)), sinks: [recorder.sink, copy]))
    }
    let expected = try await coordinator(.new, whole).run()
    #expect(recorder.completed.map(\.participants.count) == [1, 2, 2])
    #expect(recorder.completed.map { $0.metrics["available"] } == [1, 2, 2])
    _ = try file("client-0000,1,9\n")
    #expect(await Run.code { _ = try coordinator(.resume, stopped) } == "run.modelChanged")
    _ = try file("client-0000,1,9\nclient-0001,2,9\n")
    #expect(try await coordinator(.resume, stopped).run().digest == expected.digest)
  }
}
