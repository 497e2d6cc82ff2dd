import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryNN
import TributaryPlan
import TributaryTensor
import TributaryTransfer

@Suite struct AdaptationTests {
  private func prepared(
    _ transfer: TransferPlan, train: Dataset, architecture: String = "fedavg-2nn"
  ) throws -> PreparedRun {
    try PreparedRun(
      TransferFixture.plan(architecture: architecture, transfer: transfer), example: train)
  }

  private func layers(_ run: PreparedRun) -> [String] {
    run.loaded.model.tensors.filter {
      $0.layer != nil && !run.loaded.model.headTensorNames.contains($0.name)
    }.map(\.layerName)
  }

  @Test func adaptersStandBesideTheLayersThatTargetsName() throws {
    let train = try TransferFixture.dataset(count: 8)
    let plain = try prepared(TransferPlan(), train: train)
    let names = layers(plain)
    #expect(names.count == 2)
    let run = try prepared(
      TransferPlan(method: .lora, rank: 2, alpha: 4, targets: [names[1]]), train: train)
    let adaptation = try #require(run.loaded.model.adaptation)
    #expect(
      adaptation.tensors.map(\.name)
        == ["\(names[1]).lora_A.weight", "\(names[1]).lora_B.weight"])
    let expected = run.loaded.model.headTensorNames.union(adaptation.tensors.map(\.name))
    #expect(run.freeze.trainable == expected)
    #expect(Set(run.initial.shared.names) == expected)
    #expect(Set(run.initial.fixed.names).isDisjoint(with: expected))
  }

  @Test func aTargetThatIsNoLayerIsRefused() throws {
    let train = try TransferFixture.dataset(count: 8)
    for targets in [["nowhere"], []] {
      let error = #expect(throws: TributaryError.self) {
        try prepared(TransferPlan(method: .lora, targets: targets), train: train)
      }
      #expect(error?.code == "transfer.targets")
    }
    let error = #expect(throws: TributaryError.self) {
      try prepared(TransferPlan(method: .prompt), train: train)
    }
    #expect(error?.code == "model.adaptation")
  }

  /// Training moves adapters and classifier alone; what comes out is a plain model that predicts as the adapted
  /// one did, also where the layers are convolutions between batch norms.
  @Test(arguments: [
    (TransferPlan.Method.lora, "fedavg-2nn", "*"), (.ia3, "fedavg-2nn", "*"),
    (.lora, "cifar-resnet8", "layer3.*"),
  ])
  func trainingLearnsAndMergesIntoAPlainModel(
    method: TransferPlan.Method, architecture: String, targets: String
  ) throws {
    let train = try TransferFixture.dataset(count: 96)
    let run = try prepared(
      TransferPlan(method: method, rank: 2, alpha: 4, targets: [targets]), train: train,
      architecture: architecture)
    let base = run.loaded.model.unadapted
    let adapted = Set(run.loaded.model.adaptation?.adapters.layers.keys.map { $0 } ?? [])
    #expect(!adapted.isEmpty)
    let outcome = try PooledTraining(run).run(on: train)
    #expect(Set(outcome.tensors.names) == Set(base.tensors.map(\.name)))
    for (name, tensor) in run.loaded.tensors where outcome.tensors.contains(name) {
      let isBias = method == .ia3 && adapted.contains("\(name.dropLast(".bias".count)).weight")
      let moves = adapted.contains(name) || base.headTensorNames.contains(name) || isBias
      #expect((outcome.tensors[name] != tensor) == moves, "\(name)")
    }
    let source = try ExampleSource(train, for: run.loaded, maximumTokens: 8)
    func loss(_ tensors: ParameterTree<HostTensor>, _ model: any Model) throws -> Double {
      try Inference(model: model, tensors: tensors).evaluate(source, batchSize: 32).loss
    }
    let after = try loss(outcome.tensors, base)
    #expect(after < (try loss(run.loaded.tensors, run.loaded.model)))
    #expect(abs(after - (try loss(outcome.trained, run.loaded.model))) < 1e-4)
  }
}
