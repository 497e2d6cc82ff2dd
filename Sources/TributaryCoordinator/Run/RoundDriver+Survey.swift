internal import TributaryCore
internal import TributaryFederation
internal import TributaryPlan
internal import TributaryStorage
internal import TributaryWire

extension RoundDriver {
  /// Every client is to measure the model that will be the result.
  func openSurvey(_ number: Int, cohort: [ClientID]) async throws {
    pendingWaiting = nil
    _ = await services.pool.takeTraffic()
    survey = ClientSurvey(number: number, cohort: cohort, startedAt: services.clock.seconds)
    versions = [number: ModelVersion(try result().checkpoint.globals, beside: model)]
  }

  /// Takes what a client measured, if it is wanted.
  func answer(_ update: ClientUpdate, bytesUp: Int) async throws {
    await services.pool.settle(round: update.round, client: update.client, rejected: nil)
    guard machine.awaits(update.client, round: update.round), update.runID == run.runID else {
      return
    }
    survey?.add(
      Contribution(
        client: update.client, round: update.round, exampleCount: update.exampleCount,
        metrics: update.metrics))
    try emit(
      .clientUpdated(
        update.client, round: update.round, received: survey?.answers.count ?? 0,
        expected: survey?.cohort.count ?? 0, bytesUp: bytesUp))
    try await perform(
      machine.received(
        .updated(update.client, round: update.round), at: services.clock.seconds))
  }

  /// Writes down what the clients measured; the figures become the result's.
  func closeSurvey(_ dropped: [DroppedClient]) async throws {
    guard let survey else { return }
    try DurableFile.write(Bytes(copying: Array(survey.csv.utf8)), to: layout.clients)
    let traffic = await services.pool.takeTraffic()
    try emit(
      .clientsEvaluated(
        RunEvent.ClientsEvaluated(
          clients: survey.answers.count, metrics: survey.metrics, dropped: dropped,
          bytesDown: traffic.bytesDown, bytesUp: traffic.bytesUp,
          seconds: services.clock.seconds - survey.startedAt)))
  }

  /// What the run ends with: the best round's or the last one's metrics and checkpoint.
  func result() throws -> (metrics: [String: Double], checkpoint: Checkpoint) {
    let last = measured.last?.round
    let number = bestRound ?? last
    let metrics = measured.first { $0.round == number }?.metrics ?? [:]
    guard let number, number != last, let outcome = try ledger.round(number)?.outcome else {
      return (metrics, current)
    }
    return (
      metrics, try Checkpoint(name: outcome.checkpoint, digest: outcome.digest, layout: layout)
    )
  }
}
