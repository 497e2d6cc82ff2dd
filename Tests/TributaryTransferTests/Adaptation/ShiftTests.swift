import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryNN
import TributaryPlan
import TributaryTensor

@testable import TributaryTransfer

/// `transfer.method: shift`: a bias of each client's own, with a rate that is learned.
@Suite struct ShiftTests {
  private let train: Dataset
  private let prepared: PreparedRun

  init() throws {
    train = try TransferFixture.dataset(count: 24)
    prepared = try PreparedRun(
      TransferFixture.plan(
        architecture: "fedavg-2nn", transfer: TransferPlan(method: .shift)), example: train)
  }

  private func trained(steps: Int) throws -> ParameterTree<Tensor> {
    let source = try ExampleSource(train, for: prepared.loaded, maximumTokens: 1)
    let all = try prepared.loaded.tensors.mapValues { try Tensor($0) }
    return try LocalTrainer(
      model: prepared.loaded.model, freeze: prepared.freeze,
      plan: LocalPlan(
        epochs: steps, batchSize: 24, optimizer: OptimizerPlan(kind: .sgd, learningRate: 0.1))
    ).train(moving: all, frozen: [:], examples: TrainingExamples(source), key: RandomKey(seed: 1))
      .moving
  }

  @Test func staysOnItsClientWhileTheRestTravels() throws {
    let names = prepared.freeze.personal
    #expect(
      names
        == ["fc1", "fc2", "fc3"].reduce(into: Set<String>()) {
          $0.formUnion(["\($1).shift", "\($1).shift_rate"])
        })
    #expect(prepared.freeze.isShared("fc1.weight") && prepared.freeze.isShared("fc3.bias"))
    #expect(prepared.initial.shared.names.allSatisfy { !names.contains($0) })
    #expect(names.allSatisfy { prepared.initial.fixed[$0] != nil })
  }

  /// At first a shift's gradient is the bias's; its rate has one once the shift is not 0.
  @Test func theRateIsLearnedWithTheShift() throws {
    let before = try prepared.loaded.tensors.mapValues { try Tensor($0) }
    let (once, twice) = (try trained(steps: 1), try trained(steps: 2))
    for layer in ["fc1", "fc2", "fc3"] {
      let change =
        try #require(once["\(layer).bias"]) - (try #require(before["\(layer).bias"]))
      let shift = try #require(once["\(layer).shift"])
      for (a, b) in zip(change.floats(), shift.floats()) { #expect(abs(a - b) < 1e-6) }
      #expect(try #require(once["\(layer).shift_rate"]).floats() == [0])
      #expect(try #require(twice["\(layer).shift_rate"]).floats() != [0])
    }
  }

  /// In one place there is one domain: the shift becomes the bias's.
  @Test func oneDomainsShiftIsMerged() throws {
    let all = try trained(steps: 2).mapValues { $0.host() }
    let plain = try prepared.loaded.finished(all)
    #expect(plain.tensors.names == prepared.loaded.model.unadapted.tensors.map(\.name).sorted())
    let source = try ExampleSource(train, for: prepared.loaded, maximumTokens: 1)
    func logits(_ loaded: LoadedModel, _ tensors: ParameterTree<HostTensor>) throws -> [Float] {
      try Inference(
        model: loaded.model, parameters: try tensors.mapValues { try Tensor($0) }, threads: 1
      ).outputs(source.input(Array(0..<8))).logits.floats()
    }
    let (own, merged) = (
      try logits(prepared.loaded, all), try logits(plain, plain.tensors)
    )
    #expect(zip(own, merged).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
