import ArgumentParser
import Logging
import TributaryCoordinator
import TributaryCore
import TributaryPlan
import TributaryTransfer

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
        tributary simulate run.yaml --set transfer=auto --output runs/auto
        tributary simulate run.yaml --set federation.strategy.kind=fedprox,scaffold --seeds 1..5 \
      --output runs/sweep

      SWEEPS
      A --set with commas outside brackets, braces and quotes lists values to try: local.epochs=1,5 is \
      two runs, while [a, b] is one YAML list and "a,b" in quotes one text. Several lists make the grid of \
      all combinations; --seeds runs each with every seed. Each run has its folder, \
      OUTPUT/federation.strategy.kind=fedprox/seed-1, and is an ordinary run. One after the other: a run \
      uses all cores for its clients. A run that fails leaves the others alone; the command's code is 1 \
      then. --resume does what is left, and takes more values or seeds than before. OUTPUT/sweep.json and \
      OUTPUT/sweep.csv have the table: mean and sample standard deviation over the seeds.

      SEARCH
      \(SearchSpace.help)

      KEYS OF RUN.YAML
      \(RunPlanReader.schemaHelp)

      METHODS (transfer.method; the classifier always moves, but with transfer.prompt)
      \(TransferPlan.Method.help)

      KINDS OF transfer.objectives
      \(ObjectiveRegistry.help)
      """)

  @OptionGroup var planOptions: PlanOptions
  @Option(help: "The folder for the result, the ledger and the events.", completion: .directory)
  var output: String
  @Flag(help: "Go on with the run or the sweep in the output folder.")
  var resume = false
  @Option(help: ArgumentHelp("Sweep over these seeds: 1..5 or 1,3,7.", valueName: "list"))
  var seeds: String?
  @Option(help: "Clients trained at a time. Default: cores / local.threads.")
  var parallel: Int?
  @OptionGroup var outputOptions: OutputOptions

  func validate() throws {
    guard parallel ?? 1 > 0 else { throw ValidationError("--parallel is positive") }
  }

  func run() async throws {
    let grid = try SweepGrid(
      overrides: planOptions.overrides, seeds: try seeds.map(SeedList.parse))
    let log = outputOptions.logger("simulate")
    let again =
      "tributary simulate \(planOptions.run)\(planOptions.overridesAsTyped)"
      + (seeds.map { " --seeds \($0)" } ?? "") + " --output \(output) --resume"
    guard !grid.isSweep else {
      return try await SweepRunner(
        grid: grid, plan: planOptions.run, directory: output, resume: resume, parallel: parallel,
        log: log, printsJSON: outputOptions.json, continuation: again
      ).run()
    }
    var plan = try planOptions.plan()
    var opening = resume ? Coordinator.Opening.resume : .new
    if let auto = plan.transfer.auto {
      plan = try await searched(plan, auto, log: log, again: again)
      opening = try RunDirectory.state(of: output) == .absent ? .new : .resume
    }
    let run = try SimulatedRun(
      plan, directory: output, opening: opening, parallel: parallel, log: log,
      output: FederationOutput(
        printsJSON: outputOptions.json, showsMembership: false, showsClients: plan.data.holdout > 0)
    )
    try await FederationSetup.run(run.coordinator, resume: again)
  }

  private func searched(
    _ plan: RunPlan, _ auto: SearchPlan, log: Logger, again: String
  ) async throws -> RunPlan {
    do {
      return try await FederatedSearch(
        options: planOptions, output: output, parallel: parallel, log: log
      ).run(plan, auto, resume: resume, printsJSON: outputOptions.json)
    } catch let error as TributaryError where error.code == "run.interrupted" {
      Text.complain("interrupted; finished trials are kept; go on with: \(again)")
      throw ExitCode(130)
    }
  }
}
