import Logging
import TributaryCoordinator
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryStorage
import TributaryTransfer
import TributaryWorker

/// Learns a sequence's tasks, each in a folder of its own.
struct TaskSequenceRun {
  var sequence: TaskSequence
  var output: String
  var isFederated: Bool
  var fisherLimit: Int
  var log: Logger

  private func folder(_ index: Int) -> String { "\(output)/task-\(index + 1)" }
  private func model(_ index: Int) -> String { "\(folder(index))/model" }

  /// What is done so far: nothing, measured before the first task, or what an earlier process did.
  func begin(resume: Bool) throws -> SequenceRecord {
    let digest = try sequence.plan.digest
    let former = try SequenceRecord.read(output, plan: digest, isFederated: isFederated)
    if let former {
      guard resume else {
        throw TributaryError(
          "sequence.exists", "\(output) already has a sequence",
          advice: "go on with --resume, or choose another output folder")
      }
      return former
    }
    let plan = try sequence.stage(0, after: nil)
    let prepared = try PreparedRun(plan, example: DatasetReader.train(plan))
    let initial = try accuracies(prepared.loaded.tensors, of: prepared)
    let record = SequenceRecord(
      plan: digest, isFederated: isFederated,
      matrix: AccuracyMatrix(tasks: sequence.tasks.map(\.name), initial: initial))
    try record.write(to: output)
    return record
  }

  /// Learns the next task, or goes on learning it, and measures all of them.
  func learnNext(_ record: inout SequenceRecord) async throws {
    let index = record.matrix.rows.count
    let former = index > 0 ? model(index - 1) : nil
    let plan = try sequence.stage(index, after: former)
    let digest = try await (isFederated ? federate(plan, index) : finetune(plan, index))
    let train = try DatasetReader.train(plan)
    let prepared = try PreparedRun(plan, example: train)
    let tensors = try SafetensorsFile(path: "\(model(index))/model.safetensors").tensors
    if sequence.needsFisher {
      // Of this task's examples alone: what is replayed is in the former sum.
      var own = plan
      own.data.replay = nil
      try FisherInformation.accumulate(
        prepared, tensors: tensors, on: DatasetReader.train(own), limit: fisherLimit,
        former: former,
        to: model(index))
    }
    record.add(try accuracies(tensors, of: prepared), digest: digest)
    try record.write(to: output)
  }

  private func finetune(_ plan: RunPlan, _ index: Int) throws -> Digest {
    let train = try DatasetReader.train(plan)
    _ = try train.requireLabels(within: plan.task)
    let prepared = try PreparedRun(plan, example: train)
    let isBegun = DurableFile.exists("\(folder(index))/checkpoints/training.safetensors")
    let training = try TrainingRecord(folder: folder(index), plan: plan, resumes: isBegun)
    let cancellation = Cancellation()
    let trap = SignalTrap { cancellation.cancel() }
    defer { withExtendedLifetime(trap) {} }
    let outcome = try PooledTraining(prepared).run(
      on: train, target: DatasetReader.target(plan), record: training,
      watch: .init(isCancelled: { cancellation.isCancelled }))
    return try prepared.write(outcome.trained, to: model(index))
  }

  private func federate(_ plan: RunPlan, _ index: Int) async throws -> Digest {
    let state = try RunDirectory.state(of: folder(index))
    if case .complete(_, let summary) = state { return summary.digest }
    let run = try SimulatedRun(
      plan, directory: folder(index), opening: state == .absent ? .new : .resume, parallel: nil,
      log: log, output: nil)
    let trap = SignalTrap { run.coordinator.stop() }
    defer { withExtendedLifetime(trap) {} }
    return try await run.coordinator.run().digest
  }

  /// Of the model with these tensors on every task's test data.
  private func accuracies(
    _ tensors: ParameterTree<HostTensor>, of prepared: PreparedRun
  ) throws -> [Double] {
    try sequence.tasks.indices.map { index in
      let test = try DatasetReader.test(sequence.stage(index, after: nil))
      _ = try test.requireLabels(within: prepared.plan.task)
      let source = try ExampleSource(
        test, for: prepared.loaded, maximumTokens: prepared.plan.data.text.maximumTokens)
      return try Inference(model: prepared.loaded.model, tensors: tensors)
        .evaluate(source, batchSize: prepared.plan.evaluation.batchSize).accuracy
    }
  }
}
