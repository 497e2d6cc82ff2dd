internal import TributaryCore
internal import TributaryFederation
internal import TributaryStorage

// The way back from `RunEvent.line`.

extension RunEvent.RunStarted {
  init(_ event: JSON) throws {
    runID = try event.need("run", \.string)
    name = try event.need("name", \.string)
    directory = try event.need("directory", \.string)
    strategy = try event.need("strategy", \.string)
    rounds = try event.need("rounds", \.integer)
    nextRound = try event.need("nextRound", \.integer)
    expectedClients = event["expectedClients"]?.integer
    planDigest = try event.need("plan") { $0.string.flatMap(Digest.init(hex:)) }
    movingElements = try event.need("movingElements", \.integer)
    frozenElements = try event.need("frozenElements", \.integer)
  }
}

extension RunEvent.RoundCompleted {
  init(_ event: JSON) throws {
    round = try event.need("round", \.integer)
    rounds = try event.need("rounds", \.integer)
    metrics = try event.metrics
    participants = try event.need("participants", \.array).map {
      try ClientID($0.string ?? "")
    }
    dropped = try event.need("dropped", \.array).map {
      DroppedClient(
        client: try ClientID($0.need("client", \.string)), reason: try $0.need("reason", \.string))
    }
    exampleCount = try event.need("examples", \.integer)
    bytesDown = try event.need("bytesDown", \.integer)
    bytesUp = try event.need("bytesUp", \.integer)
    seconds = try event.need("seconds", \.double)
    serverSeconds = try event.need("serverSeconds", \.double)
  }
}

extension RunSummary {
  init(_ event: JSON) throws {
    self.init(
      runID: try event.need("run", \.string), rounds: try event.need("rounds", \.integer),
      digest: try event.need("digest") { $0.string.flatMap(Digest.init(hex:)) },
      metrics: try event.metrics, model: try event.need("model", \.string),
      seconds: try event.need("seconds", \.double),
      bytesDown: try event.need("bytesDown", \.integer),
      bytesUp: try event.need("bytesUp", \.integer),
      roundsToTarget: event["roundsToTarget"]?.integer,
      bytesToTarget: event["bytesToTarget"]?.integer)
  }
}

extension JSON {
  fileprivate func need<Value>(_ name: String, _ read: (JSON) -> Value?) throws -> Value {
    guard let value = self[name].flatMap(read) else {
      throw TributaryError("run.event", "\"\(name)\" is missing, or is not what it should be")
    }
    return value
  }

  /// Numbers by name; null, which stands for one that JSON lacks, is none.
  fileprivate var metrics: [String: Double] {
    get throws {
      Dictionary(
        try need("metrics", \.object).compactMap { name, value in value.double.map { (name, $0) } }
      ) { _, last in last }
    }
  }
}
