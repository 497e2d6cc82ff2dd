import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryNN
import TributaryPlan
import TributaryTensor
import TributaryTransfer

@Suite struct AdaptationTests {
  private func prepared(_ transfer: TransferPlan, train: Dataset) throws -> PreparedRun {
    try PreparedRun(
      TransferFixture.plan(architecture: "fedavg-2nn", transfer: transfer), example: train)
  }

  private func layers(_ run: PreparedRun) -> [String] {
    run.loaded.model.tensors.filter {
      $0.isAdaptable && !run.loaded.model.headTensorNames.contains($0.name)
    }.map { String($0.name.dropLast(7)) }
  }

  @Test func adaptersStandBesideTheLayersThatTargetsName() throws {
    let train = try TransferFixture.dataset(count: 8)
    let plain = try prepared(TransferPlan(), train: train)
    let names = layers(plain)
    #expect(names.count == 2)
    let run = try prepared(
      TransferPlan(method: .lora, rank: 2, alpha: 4, targets: [names[1]]), train: train)
    let adaptation = try #require(run.freeze.adaptation)
    #expect(
      adaptation.tensors.map(\.name)
        == ["\(names[1]).lora_A.weight", "\(names[1]).lora_B.weight"])
    #expect(adaptation.scale == 2)
    let expected = run.loaded.model.headTensorNames.union(adaptation.tensors.map(\.name))
    #expect(run.freeze.trainable == expected)
    #expect(Set(run.initial.moving.names) == expected)
    #expect(Set(run.initial.frozen.names).isDisjoint(with: expected))
  }

  @Test func aTargetThatIsNoLayerIsRefused() throws {
    let train = try TransferFixture.dataset(count: 8)
    #expect(throws: TributaryError.self) {
      try prepared(TransferPlan(method: .lora, targets: ["nowhere"]), train: train)
    }
  }

  /// Training moves adapters and classifier alone; what comes out is a plain model that predicts as the adapted
  /// one did.
  @Test func trainingLearnsAndMergesIntoAPlainModel() throws {
    let train = try TransferFixture.dataset(count: 96)
    let names = layers(try prepared(TransferPlan(), train: train))
    let run = try prepared(
      TransferPlan(method: .lora, rank: 2, alpha: 4, targets: names), train: train)
    let outcome = try PooledTraining(run).run(on: train)
    #expect(Set(outcome.tensors.names) == Set(run.loaded.tensors.names))
    for (name, tensor) in run.loaded.tensors {
      let isMerged = names.contains { name == "\($0).weight" }
      let moves = isMerged || run.loaded.model.headTensorNames.contains(name)
      #expect((outcome.tensors[name] != tensor) == moves, "\(name)")
    }
    let evaluator = try TestEvaluator(run, test: TransferFixture.dataset(count: 90, seed: 2))
    let (moving, frozen) = run.initial
    let before = try evaluator.measure(frozen.merging(moving))
    #expect(try #require(before["accuracy"]) < 0.8)
    let inference = try Inference(model: run.loaded.model, tensors: outcome.tensors)
    let source = try ExampleSource(train, for: run.loaded, maximumTokens: 8)
    let after = try inference.evaluate(source, batchSize: 32).metrics
    #expect(try #require(after["accuracy"]) > 0.9)
  }
}
