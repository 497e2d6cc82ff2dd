internal import TributaryCore

/// Who of those present can be asked.
extension RoundMachine {
  /// The clients that `round` may choose from, in the order of their names: those available in it, or where they are
  /// fewer than `minimumClients`, in the next round in which they are enough. nil where there is none. A round whose
  /// cohort is on record chooses no more: it has those available in it, however few.
  ///
  /// - Parameter here: those present, in the order of their names.
  func candidates(for round: Int, among here: [ClientID]) -> [Candidate]? {
    for later in round...availability.horizon(from: round) {
      let available = here.filter { availability.isAvailable($0, round: later, key: key) }
      guard available.count >= rules.minimumClients || recordedCohort != nil else { continue }
      return available.map {
        Candidate(client: $0, exampleCount: exampleCounts[$0] ?? 1, lastLoss: losses[$0])
      }
    }
    return nil
  }

  /// Ends the run where clients are there but can never be asked.
  mutating func abortUnavailable(_ round: Int) -> [RoundAction] {
    phase = .ended
    return [
      .abort(
        TributaryError(
          "run.unavailable",
          "of the \(present.count) clients that are there, fewer than \(rules.minimumClients) can be asked "
            + "in round \(round) or any later one",
          advice: "look at federation.availability, or lower federation.minimumClients"))
    ]
  }
}
