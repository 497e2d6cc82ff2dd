import ArgumentParser
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryStorage
import TributaryTransfer

struct Fisher: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Write beside a model how much each weight matters to a task, for elastic weight consolidation.",
    discussion: """
      Computes the diagonal of the Fisher information on examples of the task (labels are not needed) and \
      writes it as fisher.safetensors into the model's folder. A later training with \
      transfer.objectives: [{kind: ewc, model: MODEL}] then keeps what mattered.

      EXAMPLES
        tributary fisher runs/first/model --data first/train --limit 1000
        tributary finetune second.yaml --set 'transfer.objectives=[{kind: ewc, model: runs/first/model}]' \
      --output runs/second
      """)

  @OptionGroup var options: ModelOptions
  @Option(help: "From which the examples' order and their classes are drawn.")
  var seed: UInt64 = 0
  @OptionGroup var output: OutputOptions

  private struct Report: Encodable {
    var examples: Int
    var path: String
    var sum: Double
  }

  func run() throws {
    let opened = try options.open(labelsRequired: false)
    let folder = DurableFile.parent(of: try WeightsPath.resolve(options.model))
    let path = "\(folder)/\(FisherInformation.fileName)"
    let fisher = try FisherInformation.diagonal(
      of: opened.loaded, on: opened.source, indices: Array(0..<opened.source.count),
      key: RandomKey(seed: seed).at("fisher"))
    try SafetensorsFile.write(fisher, to: path)
    let sum = try fisher.values.reduce(0.0) { try $0 + $1.floats().reduce(0.0) { $0 + Double($1) } }
    let report = Report(examples: opened.source.count, path: path, sum: sum)
    Text.emit(
      output.json
        ? try Text.json(report)
        : "\(path): of \(report.examples) examples, trace \(Text.decimal(sum, 4))")
  }
}
