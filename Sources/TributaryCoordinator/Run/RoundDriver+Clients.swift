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
    guard machine.awaits(update.client, round: update.round), round?.number == update.round else {
      await services.pool.settle(round: update.round, client: update.client, rejected: nil)
      return
    }
    do {
      try fold(update)
    } catch let error as TributaryError where error.code.hasPrefix("file.") {
      // The disk is full, or the like: no fault of the client's.
      throw error
    } catch {
      await services.pool.settle(
        round: update.round, client: update.client, rejected: "\(error)")
      try await fail(update.client, round: update.round, reason: "\(error)")
      return
    }
    await services.pool.settle(round: update.round, client: update.client, rejected: nil)
    try emit(
      .clientUpdated(
        update.client, round: update.round, received: round?.contributions.count ?? 0,
        expected: round?.cohort.count ?? 0, bytesUp: bytesUp))
    try await perform(
      machine.received(
        .updated(update.client, round: update.round, loss: update.metrics["loss"]),
        at: services.clock.seconds))
  }

  private func fold(_ update: ClientUpdate) throws {
    guard update.runID == run.runID else {
      throw TributaryError("update.run", "the update belongs to another run, \(update.runID)")
    }
    var contribution = Contribution(
      client: update.client, round: update.round, exampleCount: update.exampleCount,
      metrics: update.metrics)
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
