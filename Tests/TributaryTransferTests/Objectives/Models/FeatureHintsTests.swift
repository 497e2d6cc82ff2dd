import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryNN
import TributaryPlan
import TributaryTestKit

@testable import TributaryTransfer

@Suite struct FeatureHintsTests {
  private let folder = TemporaryFolder()
  private let train: Dataset

  init() throws {
    train = try TransferFixture.dataset(count: 32)
    for architecture in ["cifar-resnet8", "fedavg-cnn"] {
      let teacher = try PreparedRun(
        TransferFixture.plan(architecture: architecture), example: train)
      try ModelFolder.write(teacher.loaded, to: folder(architecture))
    }
  }

  private func prepared(
    _ architecture: String, of teacher: String = "cifar-resnet8",
    _ settings: [String: PlanSetting] = [:]
  ) throws -> PreparedRun {
    var plan = TransferFixture.plan(architecture: architecture, epochs: 1)
    plan.transfer.objectives = [
      ObjectivePlan(
        kind: "hints",
        settings: settings.merging(["model": .text(folder(teacher))]) { $1 })
    ]
    return try PreparedRun(plan, example: train)
  }

  /// 200 units learn to say what 512 say: a layer between them is learned, too, and left out of the result.
  @Test func otherWidthsHaveARegressor() throws {
    let run = try prepared("fedavg-2nn", of: "fedavg-cnn")
    #expect(run.freeze.objectiveTensors.map(\.shape) == [[512, 200], [512]])
    let begun = run.initial.shared
    let outcome = try PooledTraining(run).run(on: train)
    #expect(outcome.tensors.names == run.loaded.tensors.names)
    let name = "objective.0.hints.regressor.weight"
    #expect(outcome.trained[name] != nil && outcome.trained[name] != begun[name])
    #expect(try prepared("cifar-resnet8").freeze.objectiveTensors.isEmpty)
  }

  /// Maps in the middle of two networks, of 16 channels each.
  @Test func layersInTheMiddle() throws {
    let run = try prepared("cifar-resnet8", ["layer": "layer1.0", "hint": "layer1.0"])
    let found = try PooledTraining(run).run(on: train).tensors
    let plain = try PooledTraining(
      PreparedRun(TransferFixture.plan(epochs: 1), example: train)
    ).run(on: train).tensors
    #expect(found != plain)
  }

  @Test(arguments: [
    (["layer": "layer1.0", "hint": "layer2.0"], "objective.layer"),
    (["layer": "layer9"], "objective.layer"), (["hint": "fc9"], "objective.layer"),
    (["inputs": "wide"], "objective.option"),
  ])
  func refuses(settings: [String: PlanSetting], code: String) {
    let error = #expect(throws: TributaryError.self) { try prepared("cifar-resnet8", settings) }
    #expect(error?.code == code)
  }
}
