import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor

@testable import TributaryTransfer

/// A client's models after the last round.
@Suite struct LocalTaskClosingTests {
  private let task: LocalTask
  private let heldOut: TrainingExamples

  init() throws {
    let data = try TransferFixture.dataset(count: 60)
    let prepared = try PreparedRun(
      TransferFixture.plan(architecture: "fedavg-2nn"), example: data)
    let source = try ExampleSource(data, for: prepared.loaded, maximumTokens: 1)
    var plan = prepared.plan.local
    plan.proximal = 0.5
    task = LocalTask(
      trainer: LocalTrainer(model: prepared.loaded.model, freeze: prepared.freeze, plan: plan),
      moving: try prepared.initial.shared.mapValues { try Tensor($0) }, frozen: [:],
      examples: TrainingExamples(source, indices: Array(0..<40)), key: RandomKey(seed: 3))
    heldOut = TrainingExamples(source, indices: Array(40..<60))
  }

  private func bits(_ tensors: ParameterTree<Tensor>?) -> [[Float]]? {
    tensors?.values.map { $0.floats() }
  }

  @Test func withoutAnythingOfItsOwnThereIsTheModelReceived() throws {
    let models = try task.closing(
      by: PlainTraining(), hasPersonalLayers: false, tuningEpochs: 0)
    #expect(models.personal == nil && models.tuned == nil)
    #expect(bits(models.own) == bits(task.moving))
    let metrics = try task.metrics(of: models, on: heldOut)
    #expect(metrics.keys.sorted() == ["globalAccuracy", "globalLoss"])
    #expect(
      try task.accuracy(of: models.own, on: heldOut) == metrics["globalAccuracy"])
  }

  /// Fine-tuning is plain training of the epochs asked for, without the federation's pull, under a key of its own.
  @Test func fineTuningIsPlainTraining() throws {
    let models = try task.closing(
      by: PlainTraining(), hasPersonalLayers: true, tuningEpochs: 3)
    var trainer = task.trainer
    trainer.plan.epochs = 3
    trainer.plan.proximal = 0
    let expected = try trainer.train(
      moving: task.moving, frozen: [:], examples: task.examples, key: task.key.at("tuning"))
    #expect(bits(models.tuned) == bits(expected.moving))
    let metrics = try task.metrics(of: models, on: heldOut)
    #expect(metrics["personalAccuracy"] == metrics["globalAccuracy"])
    #expect(try #require(metrics["tunedLoss"]) < #require(metrics["globalLoss"]))
    #expect(try task.accuracy(of: models.own, on: heldOut) == metrics["tunedAccuracy"])
  }

  @Test func withNothingHeldOutThereAreNoFigures() throws {
    let models = try task.closing(
      by: PlainTraining(), hasPersonalLayers: false, tuningEpochs: 0)
    let none = TrainingExamples(heldOut.source, indices: [])
    #expect(try task.metrics(of: models, on: none) == [:])
  }

  @Test func dittosModelIsTheOneItKeeps() throws {
    let client = DittoClient(options: [:])
    #expect(try client.personalModel(task) == nil)
    var task = task
    task.memory = task.moving.mapValues { $0 * 2 }.asCarried("personal")
    #expect(bits(try client.personalModel(task)) == bits(task.moving.mapValues { $0 * 2 }))
    // It is what fine-tuning begins from.
    let models = try task.closing(by: client, hasPersonalLayers: false, tuningEpochs: 1)
    #expect(bits(models.own) != bits(models.personal))
  }

  /// α v + (1 − α) w, with the α that it keeps.
  @Test func apflsModelIsTheMixture() throws {
    let client = APFLClient(options: ["alpha": 0.5])
    #expect(try client.personalModel(task) == nil)
    var task = task
    task.memory = task.trainable.mapValues { $0 * 3 }.asCarried("own")
      .merging(["@mixture/alpha": Tensor.scalar(0.25)])
    let found = try #require(try client.personalModel(task))
    for (name, w) in task.moving {
      let expected = w.floats().map { 0.25 * 3 * $0 + 0.75 * $0 }
      let values = try #require(found[name]).floats()
      #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(name)")
    }
  }
}
