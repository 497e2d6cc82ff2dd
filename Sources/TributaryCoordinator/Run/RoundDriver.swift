internal import TributaryCore
internal import TributaryFederation
internal import TributaryPlan
internal import TributaryStorage
internal import TributaryWire

/// Carries out what the `RoundMachine` decides: the only place where rounds meet clients, files and
/// time.
actor RoundDriver {
  let inputs: CoordinatorInputs
  let services: CoordinatorServices
  let model: ModelBlobs
  let layout: DirectoryLayout
  let ledger: Ledger
  let log: LineLog
  let mailbox: Mailbox
  let strategy: any Strategy
  let run: RunRecord
  let resumed: Bool
  let point: ResumePoint

  var machine: RoundMachine
  /// The moving tensors and the strategy's state after the last closed round.
  var current: Checkpoint
  var round: RoundInProgress?
  /// What tasks begin from, by the rounds in which those at work began.
  var versions: [Int: ModelVersion] = [:]
  var held: HeldUpdates
  /// Once all rounds are done, where clients are to measure the result.
  var survey: ClientSurvey?
  /// The last round in which a client's update counted.
  var countedRounds: [ClientID: Int]
  /// The rounds that are done, with their metrics.
  var measured: [StoppingRule.Measured]
  var inbox: ArraySlice<Mailbox.Message> = []
  var pendingWaiting: Waiting?
  var summary: RunSummary?
  private var timer: Task<Void, Never>?
  private var timerMoment: Double?

  init(
    inputs: CoordinatorInputs, services: CoordinatorServices, model: ModelBlobs,
    layout: DirectoryLayout, ledger: Ledger, log: LineLog, mailbox: Mailbox,
    strategy: any Strategy, machine: RoundMachine, run: RunRecord, point: ResumePoint,
    resumed: Bool
  ) {
    self.inputs = inputs
    self.services = services
    self.model = model
    self.layout = layout
    self.ledger = ledger
    self.log = log
    self.mailbox = mailbox
    self.strategy = strategy
    self.machine = machine
    self.run = run
    self.point = point
    self.resumed = resumed
    held = HeldUpdates(layout: layout)
    current = point.checkpoint
    countedRounds = point.countedRounds
    measured = point.measured
  }

  func run() async throws -> RunSummary {
    let pump = Task { [mailbox, events = services.pool.events] in
      for await event in events { mailbox.post(.pool(event)) }
      mailbox.post(.poolEnded)
    }
    defer {
      timer?.cancel()
      pump.cancel()
    }
    do {
      try announce()
      if let unreported = point.unreported { try await report(unreported) }
      if try await !concludes() {
        try await perform(machine.received(.started, at: services.clock.seconds))
      }
      while summary == nil {
        schedule()
        if mailbox.isEmpty { try emitWaiting() }
        inbox += await mailbox.next()
        try await drain()
      }
    } catch {
      throw await end(after: error)
    }
    held.removeAll()
    guard let summary else { preconditionFailure("the loop ends with a summary") }
    await services.pool.finish(.completed(rounds: summary.rounds, digest: summary.digest))
    return summary
  }

  /// Handles all that has been read.
  func drain() async throws {
    while summary == nil, let message = inbox.popFirst() { try await handle(message) }
  }

  private func handle(_ message: Mailbox.Message) async throws {
    switch message {
    case .pool(let event): try await handle(event)
    case .collect(let client, let round): try await collect(client, round: round)
    case .poolEnded:
      throw TributaryError("run.failed", "the connection to all clients has closed")
    case .tick:
      timerMoment = nil
      try await perform(machine.received(.tick, at: services.clock.seconds))
    case .stop: throw CancellationError()
    }
  }

  /// Sets the timer to the moment at which the machine wants to be asked again.
  private func schedule() {
    guard machine.wakeUpAt != timerMoment else { return }
    timer?.cancel()
    timerMoment = machine.wakeUpAt
    guard let moment = timerMoment else { return }
    timer = Task { [mailbox, clock = services.clock] in
      if (try? await clock.sleep(until: moment)) != nil { mailbox.post(.tick) }
    }
  }
}

/// What is gathered of the open round.
struct RoundInProgress: Sendable {
  let number: Int
  let cohort: [ClientID]
  /// How many clients were there, asked or not.
  let presentCount: Int
  /// How many of them could be asked.
  let availableCount: Int
  let startedAt: Double
  var accumulator: ExactAccumulator
  /// Updates that are checked and not yet in the sum.
  var waiting: [(delta: ParameterTree<HostTensor>, weight: Int)] = []
  /// nil where the updates are only summed as they come.
  var spool: UpdateSpool?
  /// Whether they are summed where there is a spool, too.
  var sumsSpooled = false
  /// Numbers of examples and metrics of the updates folded in.
  var contributions: [ClientID: Contribution] = [:]
}

/// The moving tensors as a round found them, ready to travel.
struct ModelVersion: Sendable {
  let globals: [TensorEntry]
  let blobs: any BlobSource

  init(_ tensors: ParameterTree<HostTensor>, beside model: ModelBlobs) {
    var blobs = MemoryBlobs()
    globals = ModelBlobs.entries(of: tensors, into: &blobs)
    self.blobs = LayeredBlobs([blobs, model.blobs])
  }
}
