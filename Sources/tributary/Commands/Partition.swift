import ArgumentParser
import Foundation
import TributaryCore
import TributaryData
import TributaryPlan

struct Partition: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Divide a run's training data into one folder a client, as `simulate` would.",
    discussion: """
      Without --output and --report nothing is written: sizes, labels and how much the clients differ \
      are printed. SHARDS/client-0000, client-0001, ... are folders that a worker can be pointed at. \
      Same plan and seed: same shards on every machine, and a cluster that trains on them ends with the \
      digest of the simulation.

      EXAMPLES
        tributary partition run.yaml
        tributary partition run.yaml --set 'data.partition={kind: pathological, clients: 10, \
      classesPerClient: 2}'
        tributary partition run.yaml --report partition.svg partition.json
        tributary partition run.yaml --output shards
        tributary worker --connect tcp://10.0.0.5:7077 --name a --keys a --data shards/client-0000

      KINDS OF data.partition
      \(PartitionerRegistry.help)

      With data.target each client's part of the target domain is written beside its shard, as \
      client-0000.target.idx or .jsonl, for the worker's --target; clients that have nothing else \
      (data.targetClients) run as --name client-0004 --target SHARDS/client-0004.target.idx.

      data.featureShift (rotation, brightness, contrast, noise) changes each client's training images on \
      top.
      """)

  @OptionGroup var planOptions: PlanOptions
  @Option(help: "The folder to write the shards to.", completion: .directory)
  var output: String?
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Write the report to these files: .svg (a picture), .png (the same without words), .json.",
      valueName: "file"),
    completion: .file(extensions: ["svg", "png", "json"]))
  var report: [String] = []
  @OptionGroup var outputOptions: OutputOptions

  private struct Row: Encodable {
    var client: ClientID
    var path: String
    var examples: Int
    var labels: [Int]
  }

  func validate() throws {
    for file in report where ReportFile(file) == nil {
      throw ValidationError("--report \(file): the name ends in .svg, .png or .json")
    }
  }

  func run() throws {
    // The backbone need not be here.
    let plan = try RunPlanReader.read(path: planOptions.run, overrides: planOptions.overrides)
    let data = try FederatedDataset(plan)
    if let output { try write(data, plan, to: output) }
    if let target = try FederatedTarget(plan, sourceClients: data.clients.count), let output {
      try write(target, to: output)
    }
    let report = PartitionReport(data, plan: plan)
    for file in self.report { try ReportFile(file)?.write(report) }
    guard output == nil || !self.report.isEmpty || !outputOptions.json else { return }
    try show(report)
  }

  private func write(_ data: FederatedDataset, _ plan: RunPlan, to output: String) throws {
    try refuseOthers(than: data.partition.indices.map(ClientID.init(index:)), in: output)
    for (client, indices) in data.clients {
      let folder = "\(output)/\(client)"
      let subset = data.dataset.subset(indices)
      try Shard.write(subset, client: client, classes: plan.task.classes, to: folder)
      let row = Row(
        client: client, path: folder, examples: indices.count,
        labels: subset.labelCounts(classes: plan.task.classes))
      if outputOptions.json {
        Text.emit(try Text.json(row))
      } else {
        let counts = row.labels.map { Text.right("\($0)", 6) }.joined()
        Text.emit("\(folder)  \(Text.right("\(row.examples)", 7)) examples, by label \(counts)")
      }
    }
  }

  /// The target domain's part of each client, without labels.
  private func write(_ target: FederatedTarget, to output: String) throws {
    for (client, indices) in target.clients {
      let subset = target.dataset.subset(indices)
      let path = TargetFile.path(of: client, subset, in: output)
      try TargetFile.write(subset, to: path)
      let row = Row(client: client, path: path, examples: indices.count, labels: [])
      Text.emit(
        outputOptions.json
          ? try Text.json(row)
          : "\(path)  \(Text.right("\(row.examples)", 7)) examples of the target domain")
    }
  }

  /// The table; only the figures where the shards have been listed already.
  private func show(_ report: PartitionReport) throws {
    if outputOptions.json {
      if output == nil { for client in report.clients { Text.emit(try Text.json(client)) } }
      Text.emit(try Text.json(report.summary))
    } else {
      for line in output == nil ? report.lines : report.figures { Text.emit(line) }
    }
  }

  /// Shards of a former partition with more clients would be taken for this one's.
  private func refuseOthers(than clients: [ClientID], in output: String) throws {
    let expected = Set(clients.map(\.name))
    let there = (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
    let others = there.filter { name in
      name.hasPrefix("client-") && !expected.contains(name)
        && FileManager.default.fileExists(atPath: "\(output)/\(name)/shard.json")
    }
    guard let first = others.min() else { return }
    throw TributaryError(
      "partition.others",
      "\(output)/\(first) is a shard of another partition"
        + (others.count > 1 ? ", and so are \(others.count - 1) more" : ""),
      advice: "remove it or choose another folder")
  }
}
