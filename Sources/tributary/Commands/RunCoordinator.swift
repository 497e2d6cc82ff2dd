import ArgumentParser
import Foundation
import Logging
import TributaryCoordinator
import TributaryCore
import TributaryPlan
import TributaryTransport

struct RunCoordinator: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coordinator",
    abstract: "Coordinate workers over the network: broadcast, collect, add up, go again.",
    discussion: """
      Waits for the clients of data.partition (or federation.minimumClients, after the join window), \
      then runs the rounds. Each finished round is on disk before the next one starts; after a crash \
      or Ctrl-C, --resume DIR goes on and ends with the digest of an undisturbed run.

      EXAMPLES
        tributary coordinator run.yaml --bind tcp://0.0.0.0:7077 --keys keys --output runs/lan
        tributary coordinator --resume runs/lan
        tributary coordinator run.yaml --bind tcp://127.0.0.1:7077 --insecure --output runs/try
      """)

  @Argument(
    help: "The run's YAML file; not needed with --resume.",
    completion: .file(extensions: ["yaml", "yml"]))
  var run: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Override one key, as in --set local.epochs=2.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: "The address to listen at, tcp://HOST:PORT.")
  var bind: String?

  @Option(help: "The folder of keys that keygen made.", completion: .directory)
  var keys: String?

  @Flag(help: "Neither encrypt nor authenticate. Workers must agree.")
  var insecure = false

  @Option(help: "The folder for the result, the ledger and the events.", completion: .directory)
  var output: String?

  @Option(help: "Go on with the run in this folder.", completion: .directory)
  var resume: String?

  @OptionGroup var outputOptions: OutputOptions

  func validate() throws {
    guard (resume != nil) != (output != nil) else {
      throw ValidationError("say either --output DIR for a new run or --resume DIR to go on")
    }
    guard resume != nil || run != nil else { throw ValidationError("which RUN.yaml?") }
    guard run != nil || overrides.isEmpty else {
      throw ValidationError("--set goes with RUN.yaml; --resume alone keeps the run's plan")
    }
    guard resume != nil || bind != nil else { throw ValidationError("say where to --bind") }
    guard !(insecure && keys != nil) else {
      throw ValidationError("say either --keys FOLDER or --insecure")
    }
    guard resume != nil || insecure || keys != nil else {
      throw ValidationError(
        "say --keys FOLDER (make one with `tributary keygen`) or --insecure")
    }
  }

  func run() async throws {
    let directory = resume ?? output ?? "."
    let log = outputOptions.logger("coordinator")
    let stored = try resume.map(RunDirectory.storedPlan)
    guard
      let plan = try run.map({ try PlanOptions.plan($0, overrides: overrides) }) ?? stored
    else { throw ValidationError("which RUN.yaml?") }
    guard plan.simulation?.attack == nil else {
      throw TributaryError(
        "plan.simulation", "simulation.attack is for tributary simulate only",
        advice: "take the section simulation out of the run file")
    }
    guard !plan.evaluation.matrix else {
      throw TributaryError(
        "plan.evaluation", "evaluation.matrix is for tributary simulate only",
        advice:
          "in a cluster no client's own model leaves it; evaluation.clients: all tells their spread"
      )
    }
    var address = try listening(in: directory)
    let setup = try FederationSetup(plan)
    let pool = try ZeroMQPool(
      runID: try RunDirectory.runID(of: plan), bind: address.bind,
      security: try address.security(), log: log)
    let coordinator = try setup.coordinator(
      opening: resume == nil ? .new : .resume, directory: directory, pool: pool, logger: log,
      output: FederationOutput(
        printsJSON: outputOptions.json, showsMembership: true, showsClients: plan.data.holdout > 0))
    // The port that was chosen, not "*": workers find a resumed coordinator where they left it.
    address.bind = pool.address
    try address.write(to: directory)
    try address.announce(asJSON: outputOptions.json)
    try await FederationSetup.run(
      coordinator, resume: "tributary coordinator --resume \(directory)")
  }

  /// As the command line says; for a resumed run, what it leaves out is as it was.
  private func listening(in directory: String) throws -> Listening {
    let former = resume.flatMap(Listening.read)
    guard let bind = bind ?? former?.bind, insecure || keys != nil || former != nil else {
      throw TributaryError(
        "run.listening", "\(directory) does not say where the run listened",
        advice: "say --bind tcp://HOST:PORT, and --keys FOLDER or --insecure")
    }
    return Listening(
      bind: bind, keys: keys ?? (insecure ? nil : former?.keys),
      insecure: insecure || (keys == nil && former?.insecure == true))
  }
}
