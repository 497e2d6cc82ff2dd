import Foundation
import Testing
import TributaryCore
import TributaryCoordinator
import TributaryPlan
import TributaryTestKit

@Suite struct RunDirectoryStateTests {
  private let folder = TemporaryFolder()

  @Test func fromNothingToTheEnd() async throws {
    #expect(try RunDirectory.state(of: folder("run")) == .absent)
    #expect(!FileManager.default.fileExists(atPath: folder("run")), "looking makes nothing")
    let plan = Run.plan()
    let coordinator = try Coordinator(
      opening: .new, directory: folder("run"), inputs: Run.inputs(plan, expected: 3),
      services: Run.services(ScriptedPool.learning(Run.clients(3))))
    #expect(try RunDirectory.state(of: folder("run")) == .unfinished)
    let summary = try await coordinator.run()
    #expect(
      try RunDirectory.state(of: folder("run")) == .complete(plan: try plan.digest, summary))
  }
}
