import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryNN
import TributaryPlan
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

@Suite struct EWCTests {
  private let folder = TemporaryFolder()
  private let train: Dataset
  private let prepared: PreparedRun
  private let source: ExampleSource

  init() throws {
    train = try TransferFixture.dataset(count: 30)
    prepared = try PreparedRun(
      TransferFixture.plan(architecture: "fedavg-2nn"), example: train)
    source = try ExampleSource(train, for: prepared.loaded, maximumTokens: 1)
  }

  /// Of one example the Fisher information is one of the classes' squared gradients.
  @Test func ofOneExampleItIsASquaredGradient() throws {
    let model = prepared.loaded
    let fisher = try FisherInformation.diagonal(
      of: model, on: source, indices: [3], key: RandomKey(seed: 4))
    let weights = try model.tensors.mapValues { try Tensor($0) }
    let matches = try (0..<3).filter { label in
      let gradient = try valueAndGradient(
        of: { weights in
          softmaxCrossEntropy(
            try model.model.logits(source.input([3]), Pass(parameters: weights)),
            labels: Tensor([Int32(label)], shape: [1]))
        }, at: weights
      ).gradient
      return try gradient.names.allSatisfy { name in
        let squared = try #require(gradient[name]).squared().floats()
        return difference(
          try #require(fisher[name]).floats(), squared, absolute: 1e-9, relative: 1e-4) == nil
      }
    }
    #expect(matches.count == 1)
  }

  /// Batch norms' weights are not held, and the mean is over examples.
  @Test func isAMeanOverExamples() throws {
    let all = try FisherInformation.diagonal(
      of: prepared.loaded, on: source, indices: [0, 1], key: RandomKey(seed: 4))
    let first = try FisherInformation.diagonal(
      of: prepared.loaded, on: source, indices: [0], key: RandomKey(seed: 4))
    #expect(all.values.contains { (try? $0.floats().contains { $0 > 0 }) ?? false })
    for (name, tensor) in all {
      let half = try #require(first[name]).floats().map { $0 / 2 }
      #expect(zip(try tensor.floats(), half).allSatisfy { $0 >= $1 - 1e-9 }, "\(name)")
    }
    let resnet = try PreparedRun(TransferFixture.plan(), example: train)
    let others = try FisherInformation.diagonal(
      of: resnet.loaded, on: ExampleSource(train, for: resnet.loaded, maximumTokens: 1),
      indices: [0], key: RandomKey(seed: 4))
    #expect(!others.names.contains { $0.contains("bn") } && !others.isEmpty)
  }

  private func moved(lambda: Double) throws -> (distance: Double, tensors: Int) {
    var plan = prepared.plan
    plan.backbone.path = folder("model")
    plan.transfer.objectives = [
      ObjectivePlan(
        kind: "ewc", settings: ["model": .text(folder("model")), "lambda": .number(lambda)])
    ]
    let second = try TransferFixture.dataset(count: 40, seed: 8)
    let run = try PreparedRun(plan, example: second)
    let end = try PooledTraining(run).run(on: second).tensors
    let fisher = try SafetensorsFile(path: folder("model/fisher.safetensors")).tensors
    var distance = 0.0
    for (name, importance) in fisher {
      let start = try #require(run.loaded.tensors[name]).floats()
      for (f, (a, b)) in zip(
        try importance.floats(), zip(try #require(end[name]).floats(), start))
      {
        distance += Double(f * (a - b) * (a - b))
      }
    }
    return (distance, fisher.count)
  }

  /// The more the earlier task counts, the less moves what mattered to it.
  @Test func whatMatteredStays() throws {
    try ModelFolder.write(prepared.loaded, to: folder("model"))
    let fisher = try FisherInformation.diagonal(
      of: prepared.loaded, on: source, indices: Array(0..<30), key: RandomKey(seed: 4))
    try SafetensorsFile.write(fisher, to: folder("model/fisher.safetensors"))
    let (free, held) = (try moved(lambda: 0), try moved(lambda: 20))
    #expect(held.distance < free.distance / 2)
    #expect(held.tensors == fisher.count)
  }

  @Test func withoutTheInformationItSaysHowToMakeIt() throws {
    try ModelFolder.write(prepared.loaded, to: folder("model"))
    let error = #expect(throws: TributaryError.self) { try moved(lambda: 1) }
    #expect(error?.code == "objective.fisher")
    #expect(error?.advice?.contains("tributary fisher") == true)
  }
}
