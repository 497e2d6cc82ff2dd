import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

/// What every objective must do, whatever it is.
@Suite struct ObjectiveConformanceTests {
  private static let kinds = ObjectiveRegistry.all.map { $0.kind }

  private let folder = TemporaryFolder()
  private let train: Dataset
  private let target: Dataset

  init() throws {
    train = try TransferFixture.dataset(count: 40)
    target = Dataset(examples: try TransferFixture.dataset(count: 56, seed: 9).examples)
  }

  /// A run with one objective of `kind`; the other model where it needs one is another seed's.
  private func prepared(
    _ kind: String?, _ settings: [String: PlanSetting] = [:], trainable: [String] = []
  ) throws -> PreparedRun {
    var plan = TransferFixture.plan(transfer: TransferPlan(trainable: trainable))
    plan.data.target = "target"
    guard let kind else { return try PreparedRun(plan, example: train) }
    // With as much importance everywhere the default pull would be longer than its step.
    var settings = kind == "ewc" ? settings.merging(["lambda": 1]) { given, _ in given } : settings
    let type = try #require(ObjectiveRegistry.all.first { $0.kind == kind })
    if type.options.contains(where: { $0.name == ObjectivePlan.modelKey }) {
      plan.seed = 77
      let other = try PreparedRun(plan, example: train)
      try ModelFolder.write(other.loaded, to: folder("model"))
      // As of a task to which every weight mattered alike.
      try SafetensorsFile.write(
        other.loaded.tensors.mapValues {
          HostTensor([Float](repeating: 1, count: $0.shape.elementCount), shape: $0.shape)
        },
        to: folder("model/\(FisherInformation.fileName)"))
      plan.seed = 5
      settings[ObjectivePlan.modelKey] = .text(folder("model"))
    }
    if ["uncertainty", "gradnorm"].contains(kind) { plan.task.heads = [1, 2] }
    plan.transfer.objectives = [ObjectivePlan(kind: kind, settings: settings)]
    return try PreparedRun(plan, example: train)
  }

  private func trained(_ prepared: PreparedRun) throws -> ParameterTree<HostTensor> {
    try PooledTraining(prepared).run(on: train, target: target).tensors
  }

  @Test(arguments: kinds)
  func changesTheModelAndKeepsWhatIsFrozen(_ kind: String) throws {
    let prepared = try prepared(kind, trainable: ["layer3.*"])
    let found = try trained(prepared)
    let plain = try trained(self.prepared(nil, trainable: ["layer3.*"]))
    #expect(found.names == plain.names, "what is the objective's own is not the model's")
    #expect(zip(found.values, plain.values).contains { $0 != $1 })
    for (name, tensor) in prepared.loaded.tensors where !prepared.freeze.moves(name) {
      #expect(found[name] == tensor, "\(name)")
    }
  }

  @Test(arguments: kinds)
  func sameSeedSameBits(_ kind: String) throws {
    let runs = try (0..<2).map { _ in try trained(prepared(kind)) }
    #expect(TransferFixture.bits(runs[0]) == TransferFixture.bits(runs[1]))
  }

  /// What a worker builds from the task's settings, tensors and files trains as the run itself does.
  @Test(arguments: kinds)
  func travels(_ kind: String) throws {
    let prepared = try prepared(kind)
    let settings = try TaskSettings(json: prepared.settings.json)
    let received = try ObjectiveSet(
      settings.transfer.objectives, tensors: prepared.references.tensors,
      assets: prepared.references.assets)
    #expect(received.tensors(of: prepared.loaded.model) == prepared.freeze.objectiveTensors)
    let source = try ExampleSource(train, for: prepared.loaded, maximumTokens: 1)
    let other = try ExampleSource(target, for: prepared.loaded, maximumTokens: 1)
    let (moving, frozen) = prepared.initial
    let found = try LocalTrainer(
      model: prepared.loaded.model, freeze: prepared.freeze, plan: prepared.plan.local,
      objectives: received
    ).train(
      moving: moving.mapValues { try Tensor($0) }, frozen: frozen.mapValues { try Tensor($0) },
      examples: TrainingExamples(source), target: TrainingExamples(other),
      key: prepared.plan.randomKey.at("pooled"))
    let expected = try trained(prepared)
    for (name, tensor) in expected where prepared.freeze.moves(name) {
      #expect(found.moving[name]?.host() == tensor, "\(name)")
    }
  }

  @Test func aTargetThatIsMissingIsAskedFor() throws {
    var plan = TransferFixture.plan()
    plan.data.train = "train"
    plan.transfer.objectives = [ObjectivePlan(kind: "coral")]
    let error = #expect(throws: TributaryError.self) { try PreparedRun(plan, example: train) }
    #expect(error?.code == "objective.target")
  }
}
