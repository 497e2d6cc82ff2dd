import ArgumentParser
import Foundation
import Logging
import TributaryCoordinator
import TributaryCore
import TributaryData
import TributaryPlan
import TributarySimulation
import TributaryTransfer
import TributaryWorker

struct Simulate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a whole federation on this machine, in one process.",
    discussion: """
      The rounds, the local training and the sums are those of a real cluster: same plan, same seed, \
      same kind of CPU, same digest.

      EXAMPLES
        tributary simulate run.yaml --output runs/first
        tributary simulate run.yaml --output runs/second --set federation.rounds=20 --json
        tributary simulate run.yaml --output runs/first --resume

      KEYS OF RUN.YAML
      \(RunPlanReader.schemaHelp)
      """)

  @OptionGroup var planOptions: PlanOptions
  @Option(help: "The folder for the result, the ledger and the events.", completion: .directory)
  var output: String
  @Flag(help: "Go on with the run in the output folder.")
  var resume = false
  @Option(help: "Clients trained at a time. Default: cores / local.threads.")
  var parallel: Int?
  @OptionGroup var outputOptions: OutputOptions

  func validate() throws {
    guard parallel ?? 1 > 0 else { throw ValidationError("--parallel is positive") }
  }

  func run() async throws {
    var plan = try planOptions.plan()
    let train = try FederatedDataset(plan)
    let clients = train.clients
    // Where the data say how many there are.
    plan.data.partition?.clients = clients.count
    let log = outputOptions.logger("simulate")
    if train.partition.unusedCount > 0 {
      log.warning("\(train.partition.unusedCount) training examples are no client's")
    }
    let setup = try FederationSetup(plan, train: train.dataset)
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let shards = Dictionary(uniqueKeysWithValues: clients.map { ($0.client, $0.indices) })
    let federation = SimulatedFederation(
      plan: plan, dataset: train.dataset, shards: shards, buffers: setup.prepared.freeze.buffers)
    let pool = InProcessPool(
      clients: clients.map { client, indices in
        ClientInfo(
          client: client, worker: client.name, exampleCount: indices.count,
          software: Version.text, processor: "")
      },
      trainer: try federation.trainer { examples, memory in
        ModelTaskTrainer(examples, memory: ClientMemory(folder: "\(output)/\(memory)"))
      },
      threads: parallel ?? max(1, cores / plan.local.threads))
    let coordinator = try setup.coordinator(
      opening: resume ? .resume : .new, directory: output, pool: pool,
      logger: log,
      output: FederationOutput(
        printsJSON: outputOptions.json, showsMembership: false, showsClients: plan.data.holdout > 0)
    )
    try await FederationSetup.run(
      coordinator,
      resume: "tributary simulate \(planOptions.run)\(planOptions.overridesAsTyped)"
        + " --output \(output) --resume")
  }
}
