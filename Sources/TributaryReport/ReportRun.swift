internal import TributaryCore
internal import TributaryCoordinator
internal import TributaryFederation
internal import TributaryPlan
internal import TributaryStorage

/// A run as the report looks at it.
struct ReportRun {
  let index: Int
  let history: RunHistory

  /// The folder, as it was named.
  var label: String { history.directory }

  var state: String {
    if history.summary != nil { return "complete" }
    if let failure = history.failure { return "failed: \(failure)" }
    return history.rounds.isEmpty ? "no round yet" : "not complete"
  }

  /// The metric of the result; of the last round that has it, where there is no result.
  func final(_ metric: String) -> Double? {
    history.summary?.metrics[metric]
      ?? history.rounds.last { $0.metrics[metric] != nil }?.metrics[metric]
  }

  var seconds: Double {
    history.summary?.seconds ?? history.rounds.reduce(0) { $0 + $1.seconds }
  }
  var bytesDown: Int { history.summary?.bytesDown ?? sum(\.bytesDown) }
  var bytesUp: Int { history.summary?.bytesUp ?? sum(\.bytesUp) }

  /// Down and up, from the first round to `last`.
  func bytes(through last: Int) -> Int {
    let rounds = history.rounds.filter { $0.round <= last }
    return Self.sum(rounds.flatMap { [$0.bytesDown, $0.bytesUp] })
  }

  private func sum(_ count: (RunEvent.RoundCompleted) -> Int) -> Int {
    Self.sum(history.rounds.map(count))
  }

  /// At most the largest number there is: a folder may hold anything.
  private static func sum(_ counts: [Int]) -> Int {
    counts.reduce(0) { total, count in
      let (sum, overflows) = total.addingReportingOverflow(count)
      return overflows ? .max : sum
    }
  }

  func points(_ metric: String) -> [(round: Int, value: Double)] {
    history.rounds.compactMap { round in
      round.metrics[metric].flatMap { $0.isFinite ? (round.round, $0) : nil }
    }
  }

  /// The plan's settings by their full keys, in order of the keys.
  func settings() throws -> [(key: String, value: String)] {
    let text = try history.plan.canonicalJSON
    return Self.leaves(
      try JSON(parsing: Bytes(copying: Array(text.utf8)), name: "plan"), at: "")
  }

  private static func leaves(_ value: JSON, at path: String) -> [(key: String, value: String)] {
    switch value {
    case .object(let members):
      members.flatMap { leaves($0.value, at: path.isEmpty ? $0.name : "\(path).\($0.name)") }
    case .string(let text): [(path, text)]
    default: [(path, value.text)]
    }
  }

  struct Participation {
    var client: ClientID
    var rounds = 0
    var drops = 0
    var lastReason: String?
  }

  /// In how many rounds each client counted, and in how many it was dropped: those dropped most often first.
  var participation: [Participation] {
    var clients: [ClientID: Participation] = [:]
    for round in history.rounds {
      for client in round.participants {
        clients[client, default: Participation(client: client)].rounds += 1
      }
      for dropped in round.dropped {
        clients[dropped.client, default: Participation(client: dropped.client)].drops += 1
        clients[dropped.client]?.lastReason = dropped.reason
      }
    }
    return clients.values.sorted { ($1.drops, $0.client) < ($0.drops, $1.client) }
  }
}
