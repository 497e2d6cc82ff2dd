internal import TributaryCore
public import TributaryPlan
internal import TributaryStorage

/// What a run has written down about itself: its plan, and its rounds as `events.jsonl` tells them.
///
/// Reading takes no lock and changes nothing: it may be done while the run goes on.
public struct RunHistory: Sendable {
  public var directory: String
  public var plan: RunPlan
  /// The last that was announced; nil before anything was.
  public var started: RunEvent.RunStarted?
  /// Each round once, in order: where a crash made a run report one twice, what it said last.
  public var rounds: [RunEvent.RoundCompleted]
  /// nil where the run is not complete.
  public var summary: RunSummary?
  /// Why the run failed, where that is the last that is known of it.
  public var failure: String?

  /// Far above any real run's.
  static let byteLimit = 1 << 30

  /// - Throws: `run.missing` for a directory without a run, `run.events` for events that cannot be read.
  public init(of directory: String) throws {
    let layout = DirectoryLayout(directory)
    guard DurableFile.exists(layout.plan), DurableFile.exists(layout.events) else {
      throw RunDirectory.missing(layout)
    }
    self.directory = directory
    plan = try RunPlan(
      canonicalJSON: String(
        decoding: try DurableFile.read(layout.plan).array(of: UInt8.self), as: UTF8.self))
    rounds = []
    try read(layout.events)
  }

  /// The rounds as a stopping rule looks at them.
  public var measured: [StoppingRule.Measured] { rounds.map { ($0.round, $0.metrics) } }

  /// The first round that was as good as `federation.stopping.target`.
  public var roundsToTarget: Int? {
    StoppingRule(plan.federation.stopping).firstReachingTarget(of: measured)
  }

  private mutating func read(_ path: String) throws {
    let bytes = try DurableFile.read(path)
    guard bytes.count <= Self.byteLimit else {
      throw TributaryError("run.events", "\(path): \(bytes.count) bytes are too many")
    }
    let lines = bytes.withUnsafeBytes { $0.split(separator: UInt8(ascii: "\n")).map(Array.init) }
    // A line that is being written, or that a crash cut short, is the last one and has no line feed.
    let isWhole = bytes.withUnsafeBytes { $0.last == UInt8(ascii: "\n") }
    for (index, line) in lines.enumerated() where isWhole || index < lines.count - 1 {
      do {
        try add(JSON(parsing: Bytes(copying: line), name: "\(path):\(index + 1)"))
      } catch {
        throw TributaryError("run.events", "\(path) line \(index + 1) cannot be read", cause: error)
      }
    }
  }

  private mutating func add(_ event: JSON) throws {
    switch event["event"]?.string {
    case "run.started", "run.resumed":
      started = try RunEvent.RunStarted(event)
      (summary, failure) = (nil, nil)
    case "round.completed":
      let round = try RunEvent.RoundCompleted(event)
      rounds.removeAll { $0.round >= round.round }
      rounds.append(round)
    case "run.completed": summary = try RunSummary(event)
    case "run.failed": failure = event["reason"]?.string
    default: break
    }
  }
}
