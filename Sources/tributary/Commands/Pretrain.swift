import ArgumentParser
import Foundation
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTransfer
import TributaryWorker

struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train one model on all of a run's training data, on this machine.",
    discussion: """
      Makes a backbone from random weights, or fine-tunes one on pooled data: the yardstick for a \
      federation. Uses the run's local section (epochs, batch, optimiser, schedule) as it stands.

      EXAMPLES
        tributary pretrain pretrain.yaml --output backbone
        tributary pretrain run.yaml --set local.epochs=10 --output runs/pooled
      """)

  @OptionGroup var planOptions: PlanOptions
  @Option(help: "The folder for the result.", completion: .directory)
  var output: String
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
    var digest: Digest
    var metrics: [String: Double]
    var model: String
    var seconds: Double
  }

  func run() throws {
    let plan = try planOptions.plan()
    let train = try DatasetReader.train(plan)
    _ = try train.requireLabels(within: plan.task)
    let test = try plan.data.test.map { _ in try DatasetReader.test(plan) }
    _ = try test?.requireLabels(within: plan.task)
    let prepared = try PreparedRun(plan, example: train)
    let events = try EventFile(folder: output, printsJSON: outputOptions.json)
    let clock = SystemClock()
    let start = clock.seconds
    let target = try DatasetReader.target(plan)
    let outcome = try trained(prepared, on: train, target: target) { epoch, loss in
      let event = EpochCompleted(
        epoch: epoch, epochs: plan.local.epochs, metrics: ["trainLoss": loss],
        seconds: clock.seconds - start)
      events.emit(
        event,
        text: "epoch \(epoch) of \(plan.local.epochs)  loss \(Text.decimal(loss, 4))  "
          + "\(Text.decimal(event.seconds, 1)) s")
    }
    var metrics = ["trainLoss": outcome.loss, "trainAccuracy": outcome.accuracy]
    if let test {
      let evaluator = try TestEvaluator(prepared, test: test)
      metrics.merge(try evaluator.measure(outcome.tensors)) { $1 }
    }
    let folder = "\(output)/model"
    let digest = try ModelFolder.write(
      tensors: outcome.tensors, assets: prepared.loaded.assets, to: folder)
    let summary = RunCompleted(
      epochs: plan.local.epochs, digest: digest, metrics: metrics, model: folder,
      seconds: clock.seconds - start)
    let accuracy = metrics["accuracy"].map { "accuracy \(Text.decimal($0, 4))  " } ?? ""
    events.emit(summary, text: "\(accuracy)model \(folder)\nsha256 \(digest)")
  }

  private func trained(
    _ prepared: PreparedRun, on train: Dataset, target: Dataset?,
    epochEnded: @escaping @Sendable (Int, Double) -> Void
  ) throws -> PooledTraining.Outcome {
    let epochs = prepared.plan.local.epochs
    let cancellation = Cancellation()
    let trap = SignalTrap { cancellation.cancel() }
    defer { withExtendedLifetime(trap) {} }
    do {
      return try PooledTraining(prepared).run(
        on: train, target: target,
        watch: .init(
          isCancelled: { cancellation.isCancelled },
          progress: { step, steps, loss in
            if step % (steps / epochs) == 0 { epochEnded(step / (steps / epochs), loss) }
          }))
    } catch is CancellationError {
      Text.complain("interrupted; nothing was written to \(output)/model")
      throw ExitCode(130)
    }
  }
}
