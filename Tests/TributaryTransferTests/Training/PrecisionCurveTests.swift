import Foundation
import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTestKit

@testable import TributaryTensor
@testable import TributaryTransfer

/// Training in bfloat16 beside float32 on real data: losses as close as those of two seeds.
@Suite(.serialized, .enabled(if: ComputePrecision.hasBFloat16)) struct PrecisionCurveTests {
  @Test(.enabled(if: SharedData.has("cifar10/cifar10_train.bin")))
  func aResidualNetwork() throws {
    let path = try #require(SharedData.path("cifar10/cifar10_train.bin"))
    let plan = LocalPlan(batchSize: 64, optimizer: OptimizerPlan(learningRate: 0.05, momentum: 0.9))
    try compare(data: path, plan: plan, steps: 30) {
      try ModelFolder.load(
        path: nil, architecture: "cifar-resnet20", classes: 10, key: RandomKey(seed: 7).at($0))
    }
  }

  @Test(.enabled(if: SharedData.has("sst2/sentences_train.tsv") && PythonReference.miniLM != nil))
  func miniLM() throws {
    let path = try #require(SharedData.path("sst2/sentences_train.tsv"))
    let folder = try #require(PythonReference.miniLM)
    let plan = LocalPlan(
      batchSize: 16,
      optimizer: OptimizerPlan(kind: .adamw, learningRate: 5e-5, weightDecay: 0.01))
    try compare(data: path, plan: plan, steps: 30) {
      try ModelFolder.load(path: folder, classes: 2, head: .new, key: RandomKey(seed: 7).at($0))
    }
  }

  /// The mean losses over the second half of training: over three seeds each, the precisions differ by no more than
  /// float32's seeds among themselves.
  private func compare(
    data: String, plan: LocalPlan, steps: Int, _ model: (_ seed: Int) throws -> LoadedModel
  ) throws {
    let dataset = try DatasetReader.read(data, limit: steps * plan.batchSize)
    var exact: [Double] = []
    var rounded: [Double] = []
    for seed in 0..<3 {
      let loaded = try model(seed)
      let source = try ExampleSource(dataset, for: loaded, maximumTokens: 32)
      var plan = plan
      exact.append(try loss(loaded, source, plan, seed))
      plan.precision = .bf16
      rounded.append(
        try ComputePrecision.$isEmulationAllowed.withValue(true) {
          try loss(loaded, source, plan, seed)
        })
    }
    let spread = try #require(exact.max()) - #require(exact.min())
    let mean = exact.reduce(0, +) / 3
    #expect(rounded != exact)
    #expect(abs(rounded.reduce(0, +) / 3 - mean) < max(spread, 0.02 * mean), "\(rounded), \(exact)")
  }

  private func loss(
    _ loaded: LoadedModel, _ source: ExampleSource, _ plan: LocalPlan, _ seed: Int
  ) throws -> Double {
    let freeze = try FreezePlan(model: loaded.model, transfer: TransferPlan())
    let (moving, frozen) = freeze.split(try loaded.tensors.mapValues { try Tensor($0) })
    let means = Means()
    _ = try LocalTrainer(model: loaded.model, freeze: freeze, plan: plan).train(
      moving: moving, frozen: frozen, examples: TrainingExamples(source),
      key: RandomKey(seed: 11).at(seed),
      watch: .init(progress: { step, steps, mean in means.add(step, steps, mean) }))
    return means.secondHalf
  }

  /// The mean loss of the second half, from the means over all steps so far; used by one thread.
  private final class Means: @unchecked Sendable {
    private var half = 0.0
    private var end = 0.0

    func add(_ step: Int, _ steps: Int, _ mean: Double) {
      if step == steps / 2 { half = mean }
      if step == steps { end = mean }
    }

    var secondHalf: Double { 2 * end - half }
  }
}
