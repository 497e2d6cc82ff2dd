import ArgumentParser
import Foundation
import TributaryCore
import TributaryData
import TributaryPlan

struct Partition: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Divide a run's training data into one folder a client, as `simulate` would.",
    discussion: """
      SHARDS/client-0000, client-0001, ... are folders that a worker can be pointed at. Same plan and \
      seed: same shards, and a cluster that trains on them ends with the digest of the simulation.

      EXAMPLES
        tributary partition run.yaml --output shards
        tributary worker --connect tcp://10.0.0.5:7077 --name a --keys a --data shards/client-0000
      """)

  @OptionGroup var planOptions: PlanOptions
  @Option(help: "The folder to write the shards to.", completion: .directory)
  var output: String
  @OptionGroup var outputOptions: OutputOptions

  private struct Row: Encodable {
    var client: ClientID
    var path: String
    var examples: Int
    var labels: [Int]
  }

  func run() throws {
    // The backbone need not be here.
    let plan = try RunPlanReader.read(path: planOptions.run, overrides: planOptions.overrides)
    let dataset = try DatasetReader.train(plan)
    let clients = try Partitioner.clients(of: dataset, plan: plan)
    try refuseOthers(than: clients.map(\.client))
    for (client, indices) in clients {
      let folder = "\(output)/\(client)"
      let subset = dataset.subset(indices)
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

  /// Shards of a former partition with more clients would be taken for this one's.
  private func refuseOthers(than clients: [ClientID]) throws {
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
