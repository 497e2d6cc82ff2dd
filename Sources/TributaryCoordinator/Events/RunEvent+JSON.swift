internal import TributaryCore
internal import TributaryFederation
internal import TributaryStorage

extension RunEvent {
  /// `round.completed` and so on.
  public var name: String {
    switch self {
    case .runStarted: "run.started"
    case .runResumed: "run.resumed"
    case .clientJoined: "client.joined"
    case .clientLeft: "client.left"
    case .clientRefused: "client.refused"
    case .waiting: "waiting"
    case .roundStarted: "round.started"
    case .clientUpdated: "client.updated"
    case .clientFailed: "client.failed"
    case .roundCompleted: "round.completed"
    case .clientsEvaluated: "clients.evaluated"
    case .runCompleted: "run.completed"
    case .runFailed: "run.failed"
    case .runInterrupted: "run.interrupted"
    case .warning: "warning"
    }
  }

  /// Whether it only shows progress within a round: such events are not kept in `events.jsonl`.
  public var isProgress: Bool {
    if case .clientUpdated = self { true } else { false }
  }

  /// The event as one JSON object on one line, without the newline; `event` is its first member.
  public var line: String { JSON.object([("event", .string(name))] + members).text }

  private var members: [JSON.Member] {
    switch self {
    case .runStarted(let run), .runResumed(let run): run.members
    case .clientJoined(let client, let worker, let count):
      [("client", .client(client)), ("worker", .string(worker)), ("examples", .integer(count))]
    case .clientLeft(let client, let reason):
      [("client", .client(client)), ("reason", .string(reason))]
    case .clientRefused(let reason): [("reason", .string(reason))]
    case .waiting(let waiting): waiting.members
    case .roundStarted(let round, let rounds, let cohort):
      [("round", .integer(round)), ("rounds", .integer(rounds)), ("cohort", .clients(cohort))]
    case .clientUpdated(let client, let round, let received, let expected, let bytesUp):
      [
        ("client", .client(client)), ("round", .integer(round)), ("received", .integer(received)),
        ("expected", .integer(expected)), ("bytesUp", .integer(bytesUp)),
      ]
    case .clientFailed(let client, let round, let reason):
      [("client", .client(client)), ("round", .integer(round)), ("reason", .string(reason))]
    case .roundCompleted(let round): round.members
    case .clientsEvaluated(let survey): survey.members
    case .runCompleted(let summary): summary.members
    case .runFailed(let code, let reason): [("code", .string(code)), ("reason", .string(reason))]
    case .runInterrupted(let round): [("round", .integer(round))]
    case .warning(let text): [("text", .string(text))]
    }
  }
}

extension JSON {
  /// Numbers by name, sorted by name.
  fileprivate static func metrics(_ values: [String: Double]) -> JSON {
    .object(values.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })
  }

  fileprivate static func dropped(_ clients: [DroppedClient]) -> JSON {
    .array(
      clients.map { .object([("client", .client($0.client)), ("reason", .string($0.reason))]) })
  }

  fileprivate static func client(_ client: ClientID) -> JSON { .string(client.name) }
  fileprivate static func clients(_ clients: [ClientID]) -> JSON {
    .array(clients.map(JSON.client))
  }
}

extension RunEvent.RunStarted {
  fileprivate var members: [JSON.Member] {
    [
      ("run", .string(runID)), ("name", .string(name)), ("directory", .string(directory)),
      ("strategy", .string(strategy)), ("rounds", .integer(rounds)),
      ("nextRound", .integer(nextRound)),
      ("expectedClients", expectedClients.map(JSON.integer) ?? .null),
      ("plan", .string(planDigest.hex)), ("movingElements", .integer(movingElements)),
      ("frozenElements", .integer(frozenElements)),
    ]
  }
}

extension Waiting {
  fileprivate var members: [JSON.Member] {
    [
      ("round", .integer(round)), ("have", .integer(have)), ("need", .integer(need)),
      ("seconds", seconds.map(JSON.number) ?? .null), ("givesUp", .bool(givesUp)),
      ("missing", .clients(missing)),
    ]
  }
}

extension RunEvent.RoundCompleted {
  fileprivate var members: [JSON.Member] {
    [
      ("round", .integer(round)), ("metrics", .metrics(metrics)),
      ("participants", .clients(participants)), ("bytesDown", .integer(bytesDown)),
      ("bytesUp", .integer(bytesUp)), ("seconds", .number(seconds)),
      ("serverSeconds", .number(serverSeconds)), ("rounds", .integer(rounds)),
      ("examples", .integer(exampleCount)),
      ("dropped", .dropped(dropped)),
    ]
  }
}

extension RunEvent.ClientsEvaluated {
  fileprivate var members: [JSON.Member] {
    [
      ("clients", .integer(clients)), ("metrics", .metrics(metrics)),
      ("dropped", .dropped(dropped)), ("bytesDown", .integer(bytesDown)),
      ("bytesUp", .integer(bytesUp)), ("seconds", .number(seconds)),
    ]
  }
}

extension RunSummary {
  fileprivate var members: [JSON.Member] {
    var members: [JSON.Member] = [
      ("rounds", .integer(rounds)), ("digest", .string(digest.hex)),
      ("metrics", .metrics(metrics)), ("model", .string(model)), ("seconds", .number(seconds)),
      ("bytesDown", .integer(bytesDown)), ("bytesUp", .integer(bytesUp)), ("run", .string(runID)),
    ]
    if let roundsToTarget { members.append(("roundsToTarget", .integer(roundsToTarget))) }
    if let bytesToTarget { members.append(("bytesToTarget", .integer(bytesToTarget))) }
    return members
  }
}
