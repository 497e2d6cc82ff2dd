import ArgumentParser
import Foundation
import Logging
import TributaryCore
import TributaryData
import TributaryPlan
import TributaryTransport
import TributaryWorker

struct RunWorker: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Serve one client: train on the data here, return what changed.",
    discussion: """
      The data stays here: only parameter changes, the number of examples and training metrics leave \
      this machine. The worker finds the coordinator again when either restarts, and ends when the \
      run does.

      EXAMPLES
        tributary worker --connect tcp://10.0.0.5:7077 --name clinic-a --keys clinic-a --data scans
        tributary worker --connect tcp://127.0.0.1:7077 --insecure --name a --data shards/client-0000
      """)

  @Option(help: "The coordinator's address, tcp://HOST:PORT.")
  var connect: String

  @Option(help: "This worker's name; also the client's, unless the data is a shard that has one.")
  var name: String

  @Option(help: "The examples: a shard, or any file or folder of labelled examples.")
  var data: String?

  @Option(
    help: """
      Examples of the target domain, for a run that adapts to it; labels are not looked at. Without --data the \
      client has nothing else.
      """)
  var target: String?

  @Option(help: "The data's format, where the path does not tell.")
  var format: DataPlan.Format?

  @Option(help: "Height and width in pixels of an image folder's images.")
  var imageSize: Int?

  @Option(
    name: .customLong("audio"),
    help: "The run file, whose data.audio says what recordings become that are no shard.",
    completion: .file(extensions: ["yaml", "yml"]))
  var audioRun: String?

  @Option(
    help: "Keep only these labels, renumbered in this order, as the run's data.labels says.",
    transform: LabelList.parse)
  var labels: [Int]?

  @Option(help: "This worker's folder of keys, as keygen made it.", completion: .directory)
  var keys: String?

  @Flag(help: "Neither encrypt nor authenticate. The coordinator must agree.")
  var insecure = false

  @Option(help: "Keep the backbone in this folder, so that a restart need not fetch it again.")
  var cache: String?

  @Option(
    help: """
      Keep in this folder what the strategy lets this client remember and never sends (personal layers, control \
      variates).
      """, completion: .directory)
  var memory: String?

  @Option(help: "Give up after this many seconds without a coordinator.")
  var patience = 60.0

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard insecure != (keys != nil) else {
      throw ValidationError("say either --keys FOLDER or --insecure")
    }
    guard data != nil || target != nil else {
      throw ValidationError("say --data PATH, or --target PATH for the target domain alone")
    }
    guard patience > 0, (1...65_536).contains(imageSize ?? 1) else {
      throw ValidationError("--patience and --image-size are positive")
    }
  }

  func run() async throws {
    let log = output.logger("worker")
    let size = imageSize.map { [$0, $0] }
    let audio = try audioRun.map { try PlanOptions.plan($0, overrides: []) }?.data.audio
    let plan = DataPlan(
      format: format, labels: labels, image: ImagePlan(size: size), audio: audio)
    let shard = try data.map { try Shard.open($0, client: try ClientID(name), data: plan) }
    let other = try target.map { try DatasetReader.target($0, format: format, plan: plan) }
    let client = try shard?.client ?? ClientID(name)
    let security = try keys.map { try KeyFolder($0).workerSecurity() } ?? .insecure
    let worker = Worker(
      WorkerConfiguration(
        coordinator: connect, security: security, name: name, client: client,
        exampleCount: shard?.dataset.count ?? other?.count ?? 0, software: Version.text,
        cacheFolder: cache,
        patienceSeconds: patience),
      trainer: ModelTaskTrainer(
        ClientExamples(
          shard?.dataset, of: client,
          selection: data.map(Shard.isShard) ?? true ? .byPlan : .own(labels), target: other),
        memory: memory.map { ClientMemory(folder: $0) }), log: log)
    let trap = SignalTrap { worker.stop() }
    defer { withExtendedLifetime(trap) {} }
    switch try await worker.run() {
    case .completed(let rounds, let digest):
      log.notice("run completed: \(rounds) rounds, digest \(digest)")
    case .stopped:
      log.warning("stopped; start the worker again to take part again")
      throw ExitCode(130)
    }
  }
}
