import Foundation
import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryNN
import TributaryPlan
import TributaryTensor

@testable import TributaryTransfer

@Suite struct TrainingBatchMixtureTests {
  private func batch(
    _ kind: String, _ settings: [String: PlanSetting] = [:], of positions: [Int] = [4, 7, 2, 9, 5]
  ) throws -> (prepared: PreparedRun, plain: TrainingBatch, mixed: TrainingBatch) {
    let train = try TransferFixture.dataset(count: 12)
    let prepared = try PreparedRun(
      TransferFixture.plan(architecture: "fedavg-2nn"), example: train)
    func batch(_ augment: [AugmentationPlan]) throws -> TrainingBatch {
      TrainingExamples(
        try ExampleSource(train, for: prepared.loaded, maximumTokens: 1, augment: augment)
      ).batch(positions, augmentedUnder: RandomKey(seed: 8))
    }
    return (
      prepared, try batch([]), try batch([AugmentationPlan(kind: kind, settings: settings)])
    )
  }

  private func pixels(_ batch: TrainingBatch) throws -> [[Float]] {
    guard case .examples(.images(let images))? = batch.source?.input else { return [] }
    let floats = images.floats()
    let size = floats.count / images.shape[0]
    return (0..<images.shape[0]).map { Array(floats[($0 * size)..<(($0 + 1) * size)]) }
  }

  @Test func imagesAndClassesAreMixedWithTheSamePartnersInTheSameShare() throws {
    let (_, plain, mixed) = try batch("mixup", ["alpha": .number(4)])
    let mixture = try #require(mixed.mixture)
    let share = mixture.ownShare
    #expect(share > 0.05 && share < 0.95)
    let before = try pixels(plain)
    let labels = try #require(plain.labels).ints()
    #expect(mixed.labels?.ints() == labels)
    // Which image is mixed in is told by the pixels alone; its class must be the one that counts.
    for (row, found) in try pixels(mixed).enumerated() {
      let partner = try #require(
        before.indices.first { other in
          found.indices.allSatisfy { pixel in
            let expected: Float =
              share * before[row][pixel] + (1 - share) * before[other][pixel]
            return abs(found[pixel] - expected) < 1e-5
          }
        })
      #expect(mixture.labels.ints()[row] == labels[partner])
    }
  }

  @Test func aRectangleIsThePartners() throws {
    let (_, plain, mixed) = try batch("cutmix", ["probability": .number(1)])
    let (before, after) = (try pixels(plain), try pixels(mixed))
    let own = zip(before, after).flatMap { zip($0, $1).map { $0 == $1 } }
    #expect(own.contains(true) && own.contains(false))
  }

  /// λ CE(x, y) + (1 − λ) CE(x, y'), in float64.
  @Test func bothClassesCountByTheirShares() throws {
    let (prepared, _, mixed) = try batch("mixup", ["alpha": .number(4)])
    let parameters = try prepared.initial.shared.mapValues { try Tensor($0) }
    let pass = Pass(parameters: parameters, frozen: [:], mode: .inference)
    let loss = try mixed.loss(
      prepared.loaded.model, pass, terms: nil,
      at: .init(progress: 0, key: RandomKey(seed: 1), parameters: parameters))
    let mixture = try #require(mixed.mixture)
    let logits = try #require(loss.logits)
    let rows = logits.floats().map(Double.init)
    let (first, second) = (try #require(mixed.labels).ints(), mixture.labels.ints())
    let classes = logits.shape[1]
    var expected = 0.0
    for row in first.indices {
      let values = rows[(row * classes)..<((row + 1) * classes)].map { $0 }
      let total = log(values.reduce(0) { $0 + exp($1) })
      expected += Double(mixture.ownShare) * (total - values[Int(first[row])])
      expected += Double(1 - mixture.ownShare) * (total - values[Int(second[row])])
    }
    #expect(abs(Double(loss.total.item) - expected / Double(first.count)) < 1e-5)
  }

  /// A mixed step is unlike the next one, so nothing of it may be replayed.
  @Test func mixedStepsAreNotReplayed() throws {
    let train = try TransferFixture.dataset(count: 24)
    let prepared = try PreparedRun(
      TransferFixture.plan(architecture: "fedavg-2nn"), example: train)
    let plan = LocalPlan(
      epochs: 2, batchSize: 6, optimizer: OptimizerPlan(kind: .sgd, learningRate: 0.1))
    func replayed(_ augment: [AugmentationPlan]) throws -> Int {
      let source = try ExampleSource(
        train, for: prepared.loaded, maximumTokens: 1, augment: augment)
      return try LocalTrainer(model: prepared.loaded.model, freeze: prepared.freeze, plan: plan)
        .train(
          moving: prepared.initial.shared.mapValues { try Tensor($0) }, frozen: [:],
          examples: TrainingExamples(source), key: RandomKey(seed: 1)
        ).replayedSteps
    }
    #expect(try replayed([]) > 0)
    #expect(try replayed([AugmentationPlan(kind: "mixup")]) == 0)
  }
}
