import Foundation
import TributaryCore
@testable import TributaryCoordinator
import TributaryFederation
import TributaryPlan
import TributaryTestKit

/// Folders of runs as a coordinator leaves them.
struct ReportFixture {
  let folder = TemporaryFolder()

  static func round(
    _ number: Int, metrics: [String: Double], dropped: [DroppedClient] = []
  ) -> RunEvent.RoundCompleted {
    RunEvent.RoundCompleted(
      round: number, rounds: 3, metrics: metrics,
      participants: [ClientID(index: 0), ClientID(index: number)], dropped: dropped,
      exampleCount: 20, bytesDown: 1_000 * number, bytesUp: 500, seconds: 0.25, serverSeconds: 0.1)
  }

  /// - Parameter isComplete: whether the run has its summary.
  func history(
    _ name: String = "run", plan: RunPlan = ReportFixture.plan(),
    rounds: [RunEvent.RoundCompleted], isComplete: Bool = true
  ) throws -> RunHistory {
    let path = folder(name)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data((try plan.canonicalJSON + "\n").utf8).write(
      to: URL(fileURLWithPath: path + "/plan.json"))
    var events = rounds.map(RunEvent.roundCompleted)
    if isComplete {
      events.append(
        .runCompleted(
          RunSummary(
            runID: "run-1", rounds: rounds.count, digest: Digest(of: name),
            metrics: rounds.last?.metrics ?? [:], model: "model", seconds: 0.75,
            bytesDown: 6_000, bytesUp: 1_500)))
    }
    try Data(events.map { $0.line + "\n" }.joined().utf8).write(
      to: URL(fileURLWithPath: path + "/events.jsonl"))
    return try RunHistory(of: path)
  }

  static func plan(name: String = "trial", epochs: Int = 1, strategy: String = "fedavg") -> RunPlan
  {
    RunPlan(
      name: name, seed: 3, backbone: BackbonePlan(architecture: "fedavg-2nn"),
      task: TaskPlan(kind: .imageClassification, classes: 2, classNames: ["<i>a</i>", "b&c"]),
      data: DataPlan(), local: LocalPlan(epochs: epochs),
      federation: FederationPlan(strategy: StrategyPlan(kind: strategy), rounds: 3))
  }
}
