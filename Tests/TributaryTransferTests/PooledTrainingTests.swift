import Foundation
import Synchronization
import Testing
import TributaryCore
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTransfer

@Suite struct PooledTrainingTests {
  @Test func learnsAndEvaluates() throws {
    let train = try TransferFixture.dataset(count: 160)
    let prepared = try PreparedRun(TransferFixture.plan(epochs: 4), example: train)
    let outcome = try PooledTraining(prepared).run(on: train)
    let evaluator = try TestEvaluator(
      prepared, test: TransferFixture.dataset(count: 90, seed: 2))
    let before = try evaluator.measure(prepared.loaded.tensors)
    let after = try evaluator.measure(outcome.tensors)
    #expect(try #require(before["accuracy"]) < 0.7)
    #expect(try #require(after["accuracy"]) > 0.95)
    #expect(try #require(after["loss"]) < #require(before["loss"]))
  }

  @Test func sameSeedSameBits() throws {
    let train = try TransferFixture.dataset(count: 70)
    let runs = try (0..<2).map { _ in
      try PooledTraining(PreparedRun(TransferFixture.plan(), example: train)).run(on: train).tensors
    }
    #expect(TransferFixture.bits(runs[0]) == TransferFixture.bits(runs[1]))
  }

  /// A training that pauses and goes on, as a search's does, is the training that does not.
  @Test func goesOnWhereItPaused() throws {
    let train = try TransferFixture.dataset(count: 60)
    var plan = TransferFixture.plan(architecture: "fedavg-2nn", epochs: 5)
    plan.data.holdout = 0.2
    let prepared = try PreparedRun(plan, example: train)
    let folder = FileManager.default.temporaryDirectory.path + "/tributary-pause-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var numbers: [[Int]] = []
    var paused: PooledTraining.Outcome?
    for pause in [1, 3, 3, 5] {
      let record = try TrainingRecord(
        folder: folder, plan: plan, resumes: TrainingRecord.isThere(in: folder))
      var epochs: [Int] = []
      paused = try PooledTraining(prepared).run(on: train, record: record, pausingAfter: pause) {
        epochs.append($0.number)
      }
      numbers.append(epochs)
    }
    #expect(numbers == [[1], [1, 2, 3], [1, 2, 3], [1, 2, 3, 4, 5]])
    let whole = try PooledTraining(prepared).run(on: train)
    #expect(
      TransferFixture.bits(try #require(paused).tensors) == TransferFixture.bits(whole.tensors))
  }

  @Test func frozenTensorsKeepEveryBit() throws {
    let train = try TransferFixture.dataset(count: 40)
    let plan = TransferFixture.plan(
      transfer: TransferPlan(method: .fineTune, trainable: ["layer3.*"]))
    let prepared = try PreparedRun(plan, example: train)
    let outcome = try PooledTraining(prepared).run(on: train)
    for (name, tensor) in prepared.loaded.tensors {
      let isSame = outcome.tensors[name] == tensor
      #expect(isSame != prepared.freeze.moves(name), "\(name)")
    }
  }

  /// Caching features must change nothing: training a classifier on features computed once equals
  /// running the whole network in every step.
  @Test func cachedFeaturesEqualTheWholeModel() throws {
    let train = try TransferFixture.dataset(count: 48)
    let prepared = try PreparedRun(
      TransferFixture.plan(transfer: TransferPlan(method: .head)), example: train)
    let cached = try PooledTraining(prepared).run(on: train).tensors
    let source = try ExampleSource(train, for: prepared.loaded, maximumTokens: 8)
    let (moving, frozen) = prepared.initial
    let whole = try LocalTrainer(
      model: prepared.loaded.model, freeze: prepared.freeze, plan: prepared.plan.local
    ).train(
      moving: moving.mapValues { try .init($0) }, frozen: frozen.mapValues { try .init($0) },
      examples: TrainingExamples(source), key: prepared.plan.randomKey.at("pooled"))
    for name in moving.names {
      let left = try #require(cached[name]).floats()
      let right = try #require(whole.moving[name]).floats()
      for (a, b) in zip(left, right) { #expect(abs(a - b) < 1e-5, "\(name)") }
    }
  }

  @Test func cancellationStopsBetweenBatches() throws {
    let train = try TransferFixture.dataset(count: 64)
    let prepared = try PreparedRun(TransferFixture.plan(epochs: 50), example: train)
    let steps = Atomic<Int>(0)
    #expect(throws: CancellationError.self) {
      try PooledTraining(prepared).run(
        on: train,
        watch: .init(
          isCancelled: { steps.load(ordering: .relaxed) >= 3 },
          progress: { _, _, _ in steps.add(1, ordering: .relaxed) }))
    }
    #expect(steps.load(ordering: .relaxed) == 3)
  }

  @Test func divergenceSaysWhatToDo() throws {
    let train = try TransferFixture.dataset(count: 64)
    var plan = TransferFixture.plan(architecture: "fedavg-2nn", epochs: 30)
    plan.local.optimizer = OptimizerPlan(learningRate: 1e30)
    let prepared = try PreparedRun(plan, example: train)
    let error = #expect(throws: TributaryError.self) {
      try PooledTraining(prepared).run(on: train)
    }
    #expect(error?.code == "training.diverged")
  }
}
