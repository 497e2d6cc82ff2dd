internal import Logging
internal import TributaryCore
internal import TributaryFederation
internal import TributaryPlan
internal import TributaryStorage
internal import TributaryWire

extension RoundDriver {
  func perform(_ actions: [RoundAction]) async throws {
    for action in actions {
      switch action {
      case .open(let number, let cohort, let present):
        try open(number, cohort: cohort, present: present)
      case .assign(let client, let number):
        let version = try version(number)
        await services.pool.assign(
          task(for: client, round: number, from: version), blobs: version.blobs)
      case .collect(let client, let number): inbox.append(.collect(client, round: number))
      case .withdraw(let client, let number):
        await services.pool.withdraw(round: number, client: client)
      case .close(let number, let participants, let dropped):
        try await close(number, participants: participants, dropped: dropped)
      case .survey(let number, let cohort): try await openSurvey(number, cohort: cohort)
      case .surveyed(_, let dropped): try await closeSurvey(dropped)
      case .waiting(let waiting): pendingWaiting = waiting
      case .finish: try finish()
      case .abort(let error): throw error
      }
    }
  }

  private func open(_ number: Int, cohort: [ClientID], present: [ClientID]) throws {
    pendingWaiting = nil
    try ledger.open(round: number, cohort: cohort, present: present, flights: machine.flights)
    let needed = Set(machine.flights.all.map(\.start))
    versions = versions.filter { needed.contains($0.key) }
    versions[number] = ModelVersion(current.globals, beside: model)
    round = RoundInProgress(
      number: number, cohort: cohort, presentCount: present.count,
      availableCount: machine.availableCount,
      startedAt: services.clock.seconds,
      accumulator: try ExactAccumulator(like: current.globals),
      spool: strategy is any RobustAggregation || strategy.fusion != nil
        ? try UpdateSpool(round: number, like: current.globals, layout: layout) : nil,
      sumsSpooled: strategy.fusion != nil)
    try emit(
      .roundStarted(round: number, rounds: inputs.plan.federation.rounds, cohort: cohort))
  }

  /// What tasks that began in round `number` begin from.
  /// - Throws: `checkpoint.damaged` where it is a former round's, and is gone since this process began.
  private func version(_ number: Int) throws -> ModelVersion {
    if let version = versions[number] { return version }
    var checkpoint = point.initial
    if let outcome = try ledger.round(number - 1)?.outcome {
      checkpoint = try Checkpoint(
        name: outcome.checkpoint, digest: outcome.digest, layout: layout)
    }
    let version = ModelVersion(checkpoint.globals, beside: model)
    versions[number] = version
    return version
  }

  private func task(
    for client: ClientID, round number: Int, from version: ModelVersion
  ) -> TrainTask {
    TrainTask(
      runID: run.runID, round: number, client: client, model: model.manifest,
      globals: version.globals, settings: inputs.settings,
      key: inputs.plan.randomKey.at("client").at(client.name).at(number),
      countedRound: countedRounds[client] ?? 0, purpose: survey == nil ? .train : .evaluate)
  }

  /// Aggregates, makes the round durable, reports it, and lets the machine go on.
  private func close(
    _ number: Int, participants: [ClientID], dropped: [DroppedClient]
  ) async throws {
    guard var round else { return }
    let closedAt = services.clock.seconds
    self.round = nil
    let mean = try round.aggregate(by: strategy, buffers: inputs.buffers)
    var output = try ServerSchedule.step(
      strategy,
      ServerStepInput(
        globals: current.globals, mean: mean, buffers: inputs.buffers,
        state: current.state, round: number, rounds: inputs.plan.federation.rounds,
        contributions: participants.sorted().compactMap { round.contributions[$0] },
        population: max(inputs.expectedClients ?? 0, round.presentCount), local: inputs.plan.local),
      schedule: inputs.plan.federation.schedule)
    if let fusion = strategy.fusion {
      output.globals = try await distilled(output.globals, of: round, by: fusion)
    }
    for client in participants {
      countedRounds[client] = number - (round.contributions[client]?.staleness ?? 0)
    }
    current = Checkpoint(globals: output.globals, state: output.state)
    let name = layout.checkpointName(after: number)
    let digest = try current.write(name: name, layout: layout)
    let traffic = await services.pool.takeTraffic()
    let now = services.clock.seconds
    var record = RoundRecord(
      number: number, status: .committed, present: [], cohort: round.cohort,
      outcome: RoundRecord.Outcome(
        checkpoint: name, digest: digest, participants: participants, dropped: dropped,
        exampleCount: round.contributions.values.reduce(0) { $0 + $1.exampleCount },
        bytesDown: traffic.bytesDown, bytesUp: traffic.bytesUp, seconds: now - round.startedAt,
        serverSeconds: now - closedAt,
        clientMetrics: round.contributions.mapValues(\.metrics)))
    let contributions = participants.compactMap { round.contributions[$0] }
    record.metrics = TrainingMetrics.mean(of: contributions)
    if inputs.plan.federation.availability.kind != .always {
      record.metrics["available"] = Double(round.availableCount)
    }
    if strategy.buffer != nil {
      record.metrics.merge(TrainingMetrics.staleness(of: contributions)) { $1 }
    }
    if let outcome = record.outcome {
      try ledger.commit(
        round: number, outcome, metrics: record.metrics, flights: machine.flights)
    }
    try await report(record)
    removeOldCheckpoints(newest: number)
    // Those who came or went meanwhile count for the next round.
    inbox += mailbox.takeAll()
    try await drain()
    if try await concludes() { return }
    try await perform(machine.received(.committed(round: number), at: services.clock.seconds))
  }

  /// Ends the run where the rounds done so far are enough.
  func concludes() async throws -> Bool {
    guard let reason = StoppingRule(inputs.plan.federation.stopping).reasonToStop(after: measured)
    else { return false }
    services.logger.notice("\(reason)")
    try await perform(machine.received(.concluded, at: services.clock.seconds))
    return true
  }

  /// The round whose model is to be the result, where that need not be the last one.
  var bestRound: Int? {
    let stopping = inputs.plan.federation.stopping
    return stopping.keepsBest ? StoppingRule(stopping).best(of: measured) : nil
  }

  /// Keeps this round's checkpoint, the one before it, the best one's where it is to be the result, and those that
  /// clients still at work began from: after a restart they begin again, if need be with this round.
  private func removeOldCheckpoints(newest: Int) {
    let rounds =
      [newest, newest - 1, bestRound ?? newest] + machine.flights.all.map { $0.start - 1 }
    let kept = Set(rounds.map(layout.checkpointName))
    for name in DurableFile.names(in: layout.checkpoints) where !kept.contains(name) {
      if name.hasPrefix("round-") { DurableFile.remove(layout.checkpoints + "/" + name) }
    }
  }
}
