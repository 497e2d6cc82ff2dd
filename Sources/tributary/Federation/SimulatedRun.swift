import Foundation
import Logging
import TributaryCoordinator
import TributaryCore
import TributaryData
import TributaryPlan
import TributarySimulation
import TributaryStorage
import TributaryTransfer
import TributaryWorker

/// One federation on this machine: the data divided, and a coordinator over clients in this process.
struct SimulatedRun {
  let coordinator: Coordinator

  /// - Parameters:
  ///   - parallel: clients trained at a time; nil: as many as fit the cores.
  ///   - output: nil shows nothing.
  init(
    _ plan: RunPlan, directory: String, opening: Coordinator.Opening, parallel: Int?, log: Logger,
    output: FederationOutput?
  ) throws {
    var plan = plan
    let train = try FederatedDataset(plan)
    let clients = train.clients
    // Where the data say how many there are.
    plan.data.partition?.clients = clients.count
    if train.partition.unusedCount > 0 {
      log.warning("\(train.partition.unusedCount) training examples are no client's")
    }
    let setup = try FederationSetup(plan, train: train.dataset)
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let shards = Dictionary(uniqueKeysWithValues: clients.map { ($0.client, $0.indices) })
    let target = try FederatedTarget(plan, sourceClients: clients.count)
    let federation = SimulatedFederation(
      plan: plan, dataset: train.dataset, shards: shards, buffers: setup.prepared.freeze.buffers,
      target: target)
    let others = target?.clients.filter { shards[$0.client] == nil } ?? []
    let matrix = plan.evaluation.matrix ? SiteMatrix(clients.map(\.client)) : nil
    let pool = InProcessPool(
      clients: (clients + others).map { client, indices in
        ClientInfo(
          client: client, worker: client.name, exampleCount: indices.count,
          software: Version.text, processor: "")
      },
      trainer: try federation.trainer { examples, memory in
        ModelTaskTrainer(
          examples, memory: ClientMemory(folder: "\(directory)/\(memory)"),
          sites: matrix.map { matrix in { @Sendable in try matrix.add($0, $1) } })
      },
      threads: parallel ?? max(1, cores / plan.local.threads))
    coordinator = try setup.coordinator(
      opening: opening, directory: directory, pool: pool, logger: log, output: output
    ) { [plan] in
      let layout = DirectoryLayout(directory)
      if let matrix { try Self.write(matrix.csv, to: layout.matrix) }
      guard clients.count <= Self.partitionLimit else { return }
      try Self.write(
        PlanJSON.encode(PartitionReport(train, plan: plan)) + "\n", to: layout.partition)
    }
  }

  /// The sizes and labels of more clients are not written down.
  private static let partitionLimit = 10_000

  private static func write(_ text: String, to path: String) throws {
    try DurableFile.write(Bytes(copying: Array(text.utf8)), to: path)
  }
}
