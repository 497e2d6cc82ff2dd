import ArgumentParser
import Foundation
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTransfer
import TributaryWorker

struct Finetune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fine-tune one model on all of a run's training data, on this machine.",
    discussion: """
      The run's transfer and local sections as a federation's clients would use them, on pooled data: \
      for data that may be in one place, and as the yardstick for a federation. From random weights it \
      makes a backbone (its other name is pretrain).

      With data.holdout, that share of the training data is measured after every epoch, and \
      federation.stopping applies to epochs: patience, target, the best epoch kept. Test data is measured \
      at the end only. What is done is kept in OUTPUT/checkpoints: --resume goes on after a crash and ends \
      with the same bits. The keys of run.yaml: `tributary simulate --help`.

      EXAMPLES
        tributary finetune run.yaml --output runs/pooled
        tributary finetune run.yaml --set transfer.method=lora --set local.epochs=10 --output runs/lora
        tributary finetune run.yaml --set data.holdout=0.1 --set federation.stopping='{patience: 3, \
      keepsBest: true}' --output runs/early
        tributary finetune run.yaml --output runs/pooled --resume
        tributary finetune run.yaml --output runs/rates --find-learning-rate
        tributary finetune run.yaml --set transfer=auto --set local.epochs=9 --output runs/auto
        tributary finetune run.yaml --set 'data.augment=[{kind: crop, padding: 4}, {kind: flip}]' \
      --output runs/augmented

      SEARCH
      \(SearchSpace.help)

      RANDOM CHANGES OF TRAINING EXAMPLES (data.augment, in the order given)
      \(AugmentationRegistry.help)
      """,
    aliases: ["pretrain"])

  @OptionGroup var planOptions: PlanOptions
  @Option(help: "The folder for the result.", completion: .directory)
  var output: String
  @Flag(help: "Go on with the training in the output folder.")
  var resume = false
  @Flag(
    help: "Only try learning rates: a short training with ever larger ones, to OUTPUT/rates.csv.")
  var findLearningRate = false
  @OptionGroup var outputOptions: OutputOptions

  private struct EpochCompleted: Encodable {
    var event = "epoch.completed"
    var epoch: Int
    var epochs: Int
    var metrics: [String: Double]
    var seconds: Double
  }

  private struct RunCompleted: Encodable {
    var event = "run.completed"
    var rounds = 0
    var epochs: Int
    var bestEpoch: Int?
    var digest: Digest
    var metrics: [String: Double]
    var model: String
    var seconds: Double
  }

  func run() throws {
    var plan = try planOptions.plan()
    let train = try DatasetReader.train(plan)
    _ = try train.requireLabels(within: plan.task)
    let test = plan.data.hasTest ? try DatasetReader.test(plan) : nil
    _ = try test?.requireLabels(within: plan.task)
    let target = try DatasetReader.target(plan)
    let validation = try DatasetReader.validation(plan)
    _ = try validation?.requireLabels(within: plan.task)
    var resume = resume
    if let auto = plan.transfer.auto {
      guard !findLearningRate else {
        throw ValidationError(
          "transfer: auto finds learning rates itself: leave --find-learning-rate out")
      }
      try PooledTraining.requireHoldout(plan)
      plan = try searched(plan, auto, train: train, target: target, validation: validation)
      resume = TrainingRecord.isThere(in: output)
    }
    let prepared = try PreparedRun(plan, example: train)
    if findLearningRate { return try RateSearch(prepared, output: output).run(on: train) }
    let record = try TrainingRecord(folder: output, plan: plan, resumes: resume)
    let events = try EventFile(folder: output, printsJSON: outputOptions.json)
    let clock = SystemClock()
    let start = clock.seconds
    let training = PooledTraining(prepared, validation: validation)
    let outcome = try trained(training, on: train, target: target, record) { epoch in
      let event = EpochCompleted(
        epoch: epoch.number, epochs: plan.local.epochs, metrics: epoch.metrics,
        seconds: clock.seconds - start)
      events.emit(event, text: row(event))
    }
    if let reason = outcome.stopReason, !outputOptions.json { Text.emit(reason) }
    var metrics = ["trainLoss": outcome.loss, "trainAccuracy": outcome.accuracy]
    if let test {
      let evaluator = try TestEvaluator(prepared, test: test)
      metrics.merge(try evaluator.measure(outcome.tensors)) { $1 }
    }
    metrics.merge(outcome.comparison) { $1 }
    if let negative = outcome.comparison["negativeTransfer"], !outputOptions.json {
      let figures = [("transfer", "global"), ("from scratch", "scratch"), ("head only", "head")]
        .map { "\($0) \(Text.decimal(outcome.comparison[$1 + "Accuracy"], 4))" }
      Text.emit(
        "held out: " + figures.joined(separator: ", ")
          + (negative > 0 ? ": negative transfer" : ""))
    }
    let folder = "\(output)/model"
    let digest = try prepared.write(outcome.trained, to: folder)
    let summary = RunCompleted(
      epochs: outcome.epochs, bestEpoch: outcome.bestEpoch, digest: digest, metrics: metrics,
      model: folder, seconds: clock.seconds - start)
    let accuracy = metrics["accuracy"].map { "accuracy \(Text.decimal($0, 4))  " } ?? ""
    let best = outcome.bestEpoch.map { "of epoch \($0)  " } ?? ""
    events.emit(summary, text: "\(accuracy)\(best)model \(folder)\nsha256 \(digest)")
  }

  private func row(_ event: EpochCompleted) -> String {
    let held = event.metrics["accuracy"].map {
      "held out: accuracy \(Text.decimal($0, 4)) loss \(Text.decimal(event.metrics["loss"], 4))  "
    }
    return "epoch \(event.epoch) of \(event.epochs)  loss "
      + "\(Text.decimal(event.metrics["trainLoss"], 4))  \(held ?? "")\(Text.decimal(event.seconds, 1)) s"
  }

  private func trained(
    _ training: PooledTraining, on train: Dataset, target: Dataset?, _ record: TrainingRecord,
    epochEnded: @escaping (PooledTraining.Epoch) -> Void
  ) throws -> PooledTraining.Outcome {
    try interruptibly { watch in
      try training.run(
        on: train, target: target, record: record, watch: watch, epochEnded: epochEnded)
    }
  }

  private func searched(
    _ plan: RunPlan, _ auto: SearchPlan, train: Dataset, target: Dataset?, validation: Dataset?
  ) throws -> RunPlan {
    try interruptibly { watch in
      try PooledSearch(
        options: planOptions, output: output, train: train, target: target,
        validation: validation, watch: watch
      ).run(plan, auto, resume: resume, printsJSON: outputOptions.json)
    }
  }

  /// Ctrl-C stops cleanly, with what to type to go on.
  private func interruptibly<Outcome>(
    _ body: (LocalTrainer.Watch) throws -> Outcome
  ) throws -> Outcome {
    let cancellation = Cancellation()
    let trap = SignalTrap { cancellation.cancel() }
    defer { withExtendedLifetime(trap) {} }
    do {
      return try body(.init(isCancelled: { cancellation.isCancelled }))
    } catch is CancellationError {
      Text.complain(
        "interrupted; finished epochs are kept; go on with: tributary finetune \(planOptions.run)"
          + "\(planOptions.overridesAsTyped) --output \(output) --resume")
      throw ExitCode(130)
    }
  }
}
