import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryNN
import TributaryPlan
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

@Suite struct StatisticsTests {
  private let data: Dataset
  private let prepared: PreparedRun
  private let examples: TrainingExamples
  private let tensors: ParameterTree<Tensor>

  init() throws {
    data = try TransferFixture.dataset(count: 40, seed: 6)
    var plan = TransferFixture.plan()
    plan.transfer.batchNorm = .adapt
    plan.data.target = "target"
    prepared = try PreparedRun(plan, example: data)
    examples = TrainingExamples(
      try ExampleSource(data, for: prepared.loaded, maximumTokens: 1))
    tensors = try prepared.loaded.tensors.mapValues { try Tensor($0) }
  }

  private func statistics(batchSize: Int, threads: Int = 1) throws -> ParameterTree<Tensor> {
    try Inference(model: prepared.loaded.model, parameters: tensors, threads: threads)
      .batchNormStatistics(of: examples, batchSize: batchSize)
  }

  /// Of one batch they are what training mixes into the running statistics, a tenth of it.
  @Test func ofOneBatchTheyAreTheBatches() throws {
    let found = try statistics(batchSize: 40)
    let order = RandomKey(seed: 0).at("statistics").permutation(of: 40)
    let pass = Pass(
      parameters: tensors,
      mode: .training(trainable: Set(prepared.loaded.model.tensors.map(\.name))))
    _ = try withoutGradient {
      try prepared.loaded.model.features(examples.source.input(order), pass)
    }
    #expect(found.names == ParameterTree(pass.bufferUpdates).names)
    for (name, value) in found {
      let before = try #require(tensors[name]).floats()
      let after = try #require(pass.bufferUpdates[name]).floats()
      let mixed = zip(before, value.floats()).map { 0.9 * $0 + 0.1 * $1 }
      #expect(difference(mixed, after, absolute: 1e-5, relative: 1e-4) == nil, "\(name)")
    }
  }

  @Test func batchesCountByTheirExamples() throws {
    let found = try statistics(batchSize: 30)
    let order = RandomKey(seed: 0).at("statistics").permutation(of: 40)
    let parts = try [order[..<30], order[30...]].map { part in
      try Inference(model: prepared.loaded.model, parameters: tensors, threads: 1)
        .batchNormStatistics(
          of: TrainingExamples(examples.source, indices: Array(part)), batchSize: 40)
    }
    for (name, value) in found {
      let expected = zip(
        try #require(parts[0][name]).floats(), try #require(parts[1][name]).floats()
      ).map { 0.75 * $0 + 0.25 * $1 }
      #expect(
        difference(value.floats(), expected, absolute: 1e-5, relative: 1e-4) == nil, "\(name)")
    }
  }

  @Test func threadsChangeNoBit() throws {
    let (one, two) = (try statistics(batchSize: 7), try statistics(batchSize: 7, threads: 2))
    #expect(one.values.map { $0.floats() } == two.values.map { $0.floats() })
  }

  /// AdaBN: after training, the model that is written has the target's statistics, and nothing else differs.
  @Test func adaptingChangesTheStatisticsAlone() throws {
    let train = try TransferFixture.dataset(count: 48)
    let adapted = try PooledTraining(prepared).run(on: train, target: data).tensors
    let plain = try PooledTraining(
      PreparedRun(TransferFixture.plan(), example: train)
    ).run(on: train).tensors
    for (name, tensor) in plain {
      #expect((adapted[name] == tensor) == !name.contains(".running_"), "\(name)")
    }
    let expected = try Inference(
      model: prepared.loaded.model, parameters: plain.mapValues { try Tensor($0) }, threads: 1
    ).batchNormStatistics(of: examples, batchSize: 64)
    for (name, value) in expected { #expect(adapted[name] == value.host(), "\(name)") }
  }
}
