import ArgumentParser
import TributaryCoordinator
import TributaryCore
import TributaryData
import TributaryPlan
import TributaryTransfer
import TributaryWorker

struct SequenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sequence",
    abstract: "Learn several tasks one after the other, and measure what is forgotten.",
    discussion: """
      data.tasks lists them: [{name: a, train: a/train, test: a/test, labels: [0, 1]}, ...] (labels: only \
      these classes). Each task begins from the model that the former one left, in OUTPUT/task-1, \
      OUTPUT/task-2, ...: in one place, or with --federated as a simulated federation (a run's folder, as of \
      `simulate`). After each task every task's test data are measured. OUTPUT/sequence.json and \
      OUTPUT/sequence.csv have the matrix R (R_ij: accuracy on task j after task i) and from it the average \
      accuracy, backward transfer and forward transfer (Lopez-Paz & Ranzato 2017) and forgetting \
      (Chaudhry et al. 2018).

      AGAINST FORGETTING (one or several)
        transfer.objectives: [{kind: ewc, lambda: 100}]   what mattered to former tasks is held
        transfer.objectives: [{kind: lwf, lambda: 1}]     the former model's answers on the new examples are kept
        data.replay: {size: 200, kind: class-balanced}    former examples are kept and trained on again
      ewc, lwf, distillation and hints look at the former task's model where they name none.

      EXAMPLES
        tributary sequence run.yaml --output runs/plain
        tributary sequence run.yaml --set 'transfer.objectives=[{kind: lwf}]' --output runs/lwf
        tributary sequence run.yaml --set data.replay.size=500 --federated --output runs/replay
        tributary sequence run.yaml --output runs/plain --resume
      """)

  @OptionGroup var planOptions: PlanOptions
  @Option(help: "The folder for the tasks' results and the matrix.", completion: .directory)
  var output: String
  @Flag(help: "Each task is a simulated federation (data.partition, federation).")
  var federated = false
  @Flag(help: "Go on with the sequence in the output folder.")
  var resume = false
  @Option(help: "With ewc: examples of each task for its Fisher information.")
  var fisherLimit = 500
  @OptionGroup var outputOptions: OutputOptions

  func validate() throws {
    guard fisherLimit > 0 else { throw ValidationError("--fisher-limit is positive") }
  }

  private struct TaskCompleted: Encodable {
    var event = "task.completed"
    var task: String
    var number: Int
    var accuracies: [Double]
    var digest: Digest
  }

  func run() async throws {
    let sequence = try TaskSequence(planOptions.plan())
    let runner = TaskSequenceRun(
      sequence: sequence, output: output, isFederated: federated, fisherLimit: fisherLimit,
      log: outputOptions.logger("sequence"))
    var record = try runner.begin(resume: resume)
    show(record, from: 0)
    do {
      while record.matrix.rows.count < sequence.tasks.count {
        try await runner.learnNext(&record)
        show(record, from: record.matrix.rows.count - 1)
      }
    } catch is CancellationError {
      try interrupted()
    } catch let error as TributaryError where error.code == "run.interrupted" {
      try interrupted()
    }
    close(record)
  }

  private func interrupted() throws {
    Text.complain(
      "interrupted; what is done is kept; go on with: tributary sequence \(planOptions.run)"
        + "\(planOptions.overridesAsTyped)\(federated ? " --federated" : "") --output \(output)"
        + " --resume")
    throw ExitCode(130)
  }

  private func show(_ record: SequenceRecord, from first: Int) {
    let matrix = record.matrix
    if first == 0, !outputOptions.json {
      Text.emit(row("after", matrix.tasks.map { String($0.prefix(9)) }))
      Text.emit(row("none", matrix.initial.map { Text.decimal($0, 4) }))
    }
    for index in max(0, first)..<matrix.rows.count {
      guard outputOptions.json else {
        Text.emit(row(matrix.tasks[index], matrix.rows[index].map { Text.decimal($0, 4) }))
        continue
      }
      let event = TaskCompleted(
        task: matrix.tasks[index], number: index + 1, accuracies: matrix.rows[index],
        digest: record.digests[index])
      if let line = try? Text.json(event) { Text.emit(line) }
    }
  }

  private func row(_ name: String, _ cells: [String]) -> String {
    Text.left(String(name.prefix(16)), 18) + cells.map { Text.right($0, 10) }.joined()
  }

  private struct SequenceCompleted: Encodable {
    var event = "sequence.completed"
    var averageAccuracy: Double?
    var backwardTransfer: Double?
    var forwardTransfer: Double?
    var forgetting: Double?
    var digest: Digest?
  }

  private func close(_ record: SequenceRecord) {
    if outputOptions.json {
      let event = SequenceCompleted(
        averageAccuracy: record.averageAccuracy, backwardTransfer: record.backwardTransfer,
        forwardTransfer: record.forwardTransfer, forgetting: record.forgetting,
        digest: record.digests.last)
      if let line = try? Text.json(event) { Text.emit(line) }
      return
    }
    Text.emit(
      "average accuracy \(Text.decimal(record.averageAccuracy, 4))  backward transfer "
        + "\(Text.decimal(record.backwardTransfer, 4))  forward transfer "
        + "\(Text.decimal(record.forwardTransfer, 4))  forgetting "
        + Text.decimal(record.forgetting, 4))
    if let digest = record.digests.last {
      Text.emit("model   \(output)/task-\(record.digests.count)/model\nsha256  \(digest)")
    }
  }
}
