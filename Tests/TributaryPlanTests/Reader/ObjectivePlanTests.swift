import Testing
import TributaryCore

@testable import TributaryPlan

@Suite struct ObjectivePlanTests {
  private func plan(_ objectives: String) throws -> RunPlan {
    try RunPlanReader.read(
      yaml: """
        name: objectives
        backbone: {architecture: lenet-bn}
        task: {kind: image-classification, classes: 10}
        transfer: {objectives: \(objectives)}
        """, file: "runs/run.yaml", environment: [:])
  }

  @Test func kindsAndTheirSettingsAreRead() throws {
    let objectives = try plan("[{kind: coral, weight: 0.5}, {kind: mmd, layer: logits}]").transfer
      .objectives
    #expect(
      objectives == [
        ObjectivePlan(kind: "coral", settings: ["weight": 0.5]),
        ObjectivePlan(kind: "mmd", settings: ["layer": "logits"]),
      ])
  }

  /// A model's path is relative to the run file, and stays on the machine.
  @Test func pathsAreResolvedAndDoNotTravel() throws {
    let objective = try #require(
      plan("[{kind: ewc, model: first/model}]").transfer.objectives.first)
    #expect(objective.settings["model"] == "runs/first/model")
    #expect(objective.withoutPath.settings["model"] == "sent")
  }

  @Test(arguments: ["{kind: coral}", "[coral]", "[{weight: 1}]", "[{kind: coral, weight: {a: 1}}]"])
  func anythingElseIsRefused(_ objectives: String) {
    #expect(throws: TributaryError.self) { try plan(objectives) }
  }
}
