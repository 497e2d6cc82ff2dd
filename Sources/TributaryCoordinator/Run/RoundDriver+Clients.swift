internal import TributaryCore
internal import TributaryFederation
internal import TributaryWire

extension RoundDriver {
  func handle(_ event: PoolEvent) async throws {
    let now = services.clock.seconds
    switch event {
    case .joined(let info):
      try emit(.clientJoined(info.client, worker: info.worker, exampleCount: info.exampleCount))
      try await perform(
        machine.received(.joined(info.client, exampleCount: info.exampleCount), at: now))
    case .left(let client, let reason):
      try emit(.clientLeft(client, reason: reason))
      try await perform(machine.received(.left(client, reason: reason), at: now))
    case .updated(let update, let bytesUp): try await take(update, bytesUp: bytesUp)
    case .failed(let client, let round, let reason):
      guard machine.awaits(client, round: round) else { return }
      try await fail(client, round: round, reason: reason)
    case .refused(let reason): try emit(.clientRefused(reason: reason))
    }
  }

  /// Folds one update in, if it is wanted and sound.
  private func take(_ update: ClientUpdate, bytesUp: Int) async throws {
    if update.round == survey?.number { return try await answer(update, bytesUp: bytesUp) }
    var refusal: String?
    var isCounted = false
    if machine.isAhead(update.client, round: update.round) {
      refusal = try reasonToRefuse { try hold(update) }
    } else if machine.awaits(update.client, round: update.round) {
      refusal = try reasonToRefuse { try fold(update) }
      isCounted = refusal == nil
    } else {
      await services.pool.settle(round: update.round, client: update.client, rejected: nil)
      return
    }
    await services.pool.settle(round: update.round, client: update.client, rejected: refusal)
    if let refusal { return try await fail(update.client, round: update.round, reason: refusal) }
    try await report(update, isCounted: isCounted, bytesUp: bytesUp)
  }

  /// Folds in an update that was held until now.
  func collect(_ client: ClientID, round number: Int) async throws {
    guard let update = try held.take(client), machine.awaits(client, round: number) else { return }
    if let reason = try reasonToRefuse({ try fold(update) }) {
      return try await fail(client, round: number, reason: reason)
    }
    try await report(update, isCounted: true, bytesUp: 0)
  }

  /// Tells people, if it is in the open round, and the machine, which decides what follows.
  private func report(_ update: ClientUpdate, isCounted: Bool, bytesUp: Int) async throws {
    if isCounted, let round {
      try emit(
        .clientUpdated(
          update.client, round: round.number, received: round.contributions.count,
          expected: round.cohort.count, bytesUp: bytesUp))
    }
    try await perform(
      machine.received(
        .updated(update.client, round: update.round, loss: update.metrics["loss"]),
        at: services.clock.seconds))
  }

  /// What is wrong with an update that `take` cannot.
  /// - Throws: `file.*`: the disk is full, or the like, which is no fault of the client's.
  private func reasonToRefuse(_ take: () throws -> Void) throws -> String? {
    do {
      try take()
      return nil
    } catch let error as TributaryError where error.code.hasPrefix("file.") {
      throw error
    } catch {
      return "\(error)"
    }
  }

  /// Keeps an update until its round comes. It is looked at now, while its client can be told what is wrong with it.
  private func hold(_ update: ClientUpdate) throws {
    let weight = try strategy.weight(of: contribution(update))
    try round?.accumulator.check(update.delta, weight: weight)
    try held.hold(update)
  }

  private func contribution(_ update: ClientUpdate) throws -> Contribution {
    guard update.runID == run.runID else {
      throw TributaryError("update.run", "the update belongs to another run, \(update.runID)")
    }
    return Contribution(
      client: update.client, round: round?.number ?? update.round,
      exampleCount: update.exampleCount,
      staleness: max(0, (round?.number ?? 0) - update.round), metrics: update.metrics)
  }

  private func fold(_ update: ClientUpdate) throws {
    var contribution = try contribution(update)
    let weight = try strategy.weight(of: contribution)
    let delta = try strategy.postProcessed(
      update.delta, of: &contribution, buffers: inputs.buffers)
    try round?.add(delta, of: update.client, weight: weight)
    round?.contributions[update.client] = contribution
  }

  private func fail(_ client: ClientID, round: Int, reason: String) async throws {
    try emit(.clientFailed(client, round: round, reason: reason))
    try await perform(
      machine.received(
        .failed(client, round: round, reason: reason), at: services.clock.seconds))
  }
}
