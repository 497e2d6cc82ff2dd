import Foundation
import Testing
import TributaryCore
import TributaryModels
import TributaryPlan
import TributaryTransfer

/// A training in one place that goes on after it was stopped ends as if it had not been.
@Suite struct TrainingRecordTests {
  private final class Stop: @unchecked Sendable { var now = false }

  private func folder(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "record-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func plan(_ transfer: TransferPlan = TransferPlan(), adamW: Bool = true) -> RunPlan {
    var plan = TransferFixture.plan(transfer: transfer, epochs: 5)
    if adamW { plan.local.optimizer = OptimizerPlan(kind: .adamw, learningRate: 0.01) }
    plan.data.holdout = 0.25
    plan.federation.stopping.keepsBest = true
    return plan
  }

  @Test(
    arguments: [
      TransferPlan(), TransferPlan(unfreezeEvery: 1), TransferPlan(method: .head),
      TransferPlan(backboneRate: 0.3, blockDecay: 0.5),
    ], [true, false])
  func resumesBitForBit(_ transfer: TransferPlan, adamW: Bool) throws {
    let train = try TransferFixture.dataset(count: 60)
    let plan = plan(transfer, adamW: adamW)
    let prepared = try PreparedRun(plan, example: train)
    let expected = try PooledTraining(prepared).run(on: train)
    try folder { folder in
      let stop = Stop()
      do {
        let record = try TrainingRecord(folder: folder, plan: plan, resumes: false)
        #expect(throws: CancellationError.self) {
          try PooledTraining(prepared).run(
            on: train, record: record, watch: .init(isCancelled: { stop.now }),
            epochEnded: { stop.now = $0.number == 2 })
        }
      }
      var seen: [Int] = []
      let record = try TrainingRecord(folder: folder, plan: plan, resumes: true)
      let outcome = try PooledTraining(prepared).run(
        on: train, record: record, epochEnded: { seen.append($0.number) })
      #expect(TransferFixture.bits(outcome.tensors) == TransferFixture.bits(expected.tensors))
      #expect(outcome.loss == expected.loss && outcome.bestEpoch == expected.bestEpoch)
      #expect(seen == [1, 2, 3, 4, 5])
    }
  }

  @Test func anotherPlanOrNothingThereIsRefused() throws {
    let train = try TransferFixture.dataset(count: 30)
    let plan = plan()
    try folder { folder in
      let none = #expect(throws: TributaryError.self) {
        try TrainingRecord(folder: folder, plan: plan, resumes: true)
      }
      #expect(none?.code == "run.none")
      do {
        let record = try TrainingRecord(folder: folder, plan: plan, resumes: false)
        let locked = #expect(throws: TributaryError.self) {
          try TrainingRecord(folder: folder, plan: plan, resumes: true)
        }
        #expect(locked?.code == "run.locked")
        _ = try PooledTraining(PreparedRun(plan, example: train)).run(on: train, record: record)
      }
      var other = plan
      other.seed += 1
      let prepared = try PreparedRun(other, example: train)
      let record = try TrainingRecord(folder: folder, plan: other, resumes: true)
      let error = #expect(throws: TributaryError.self) {
        try PooledTraining(prepared).run(on: train, record: record)
      }
      #expect(error?.code == "run.plan")
    }
  }

  @Test func stopsWhenTheHeldOutExamplesSaySo() throws {
    let train = try TransferFixture.dataset(count: 120)
    var plan = plan(adamW: false)
    plan.local.epochs = 40
    plan.federation.stopping = StoppingPlan(patience: 2, keepsBest: true)
    let outcome = try PooledTraining(PreparedRun(plan, example: train)).run(on: train)
    #expect(outcome.epochs < 40 && outcome.stopReason != nil)
    #expect(outcome.bestEpoch == outcome.epochs - 2)
    plan.data.holdout = 0
    let error = #expect(throws: TributaryError.self) {
      try PooledTraining(PreparedRun(plan, example: train)).run(on: train)
    }
    #expect(error?.code == "federation.stopping")
  }

  /// Random changes are the same in every run of the same plan, and do change what is learned.
  @Test func augmentsReproducibly() throws {
    let train = try TransferFixture.dataset(count: 40)
    var plan = plan()
    plan.data.augment = [
      AugmentationPlan(kind: "flip"), AugmentationPlan(kind: "crop", settings: ["padding": 1]),
    ]
    let runs = try (0..<2).map { _ in
      TransferFixture.bits(
        try PooledTraining(PreparedRun(plan, example: train)).run(on: train).tensors)
    }
    #expect(runs[0] == runs[1])
    plan.data.augment = []
    let other = try PooledTraining(PreparedRun(plan, example: train)).run(on: train).tensors
    #expect(TransferFixture.bits(other) != runs[0])
  }
}
