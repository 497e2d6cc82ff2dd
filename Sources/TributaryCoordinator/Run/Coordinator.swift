internal import TributaryCore
internal import TributaryFederation
internal import TributaryPlan
internal import TributaryStorage

/// One run from its plan to its model: opens the directory, drives the rounds, survives a kill.
///
/// Nothing is acknowledged before it is durable. The same plan, model and clients give the same final
/// digest whatever the order of arrival, the pool, and however often the run was stopped and resumed.
public final class Coordinator: Sendable {
  public enum Opening: Sendable {
    /// A run of its own; a directory that already has one is refused.
    case new
    /// The run in the directory goes on.
    case resume
  }

  private let driver: RoundDriver
  private let mailbox = Mailbox()
  // Held as long as this coordinator lives.
  private let lock: FileLock

  /// Checks the plan, takes the directory and finds where to go on. No client has been asked yet.
  /// - Throws: `strategy.*` and `federation.*` for a plan that cannot run; `run.exists`,
  ///   `run.missing`, `run.locked`, `run.complete`, `run.planChanged`, `run.modelChanged`,
  ///   `checkpoint.damaged`, `ledger.*`, `file.*`.
  public init(
    opening: Opening, directory: String, inputs: CoordinatorInputs, services: CoordinatorServices
  ) throws {
    let strategy = try StrategyRegistry.make(inputs.plan)
    guard strategy.fusion == nil || services.distiller != nil else {
      throw TributaryError(
        "data.public", "the strategy distils the clients' models on examples that nobody named",
        advice: "name unlabelled ones, on the coordinator's machine, as data.public")
    }
    let rules = try RoundRules(
      inputs.plan.federation.withQuorum(for: strategy, expectedClients: inputs.expectedClients),
      expectedClients: inputs.expectedClients)
    let globals = inputs.globals.merging(
      try strategy.carried(with: inputs.globals, buffers: inputs.buffers))
    _ = try ExactAccumulator(like: globals)
    let initial = Checkpoint(
      globals: globals, state: try strategy.initialState(for: inputs.globals))
    let availability = inputs.plan.federation.availability
    let trace = try availability.path.map(AvailabilityFile.init(path:))
    let model = ModelBlobs(inputs, trace: trace?.digest)

    let layout = DirectoryLayout(directory)
    if opening == .resume { try RunDirectory.requireLedger(layout) }
    try DurableFile.createFolder(layout.root)
    lock = try RunLock.take(layout)
    UpdateSpool.removeLeftovers(layout)
    let ledger = try Ledger(path: layout.ledger)
    try DurableFile.createFolder(layout.checkpoints)
    let run: RunRecord
    let point: ResumePoint
    switch opening {
    case .new:
      run = try RunDirectory.begin(inputs.plan, model: model.digest, layout: layout, ledger: ledger)
      point = ResumePoint(initial: initial)
    case .resume:
      run = try RunDirectory.reopen(
        inputs.plan, model: model.digest, layout: layout, ledger: ledger)
      point = try ResumePoint(initial: initial, ledger: ledger, layout: layout)
    }
    driver = RoundDriver(
      inputs: inputs, services: services, model: model, layout: layout, ledger: ledger,
      log: try LineLog(path: layout.events), mailbox: mailbox, strategy: strategy,
      machine: RoundMachine(
        rules: rules, selection: SelectionRegistry.make(inputs.plan.federation.selection),
        availability: availability.availability(trace),
        key: inputs.plan.randomKey, surveys: inputs.plan.surveysClients, buffer: strategy.buffer,
        flights: point.flights, nextRound: point.nextRound, awaited: point.awaited,
        recordedCohort: point.recordedCohort, losses: point.losses),
      run: run, point: point, resumed: opening == .resume)
  }

  /// Runs to the end. Call it once.
  /// - Throws: `run.interrupted` after `stop` or where the task is cancelled (the run can be resumed);
  ///   `run.quorum` where too few clients are left; what the services throw. Clients are told why.
  public func run() async throws -> RunSummary {
    try await withTaskCancellationHandler {
      try await driver.run()
    } onCancel: {
      stop()
    }
  }

  /// Ends `run` soon with `run.interrupted`. From any thread, at any time.
  public func stop() { mailbox.post(.stop) }
}
