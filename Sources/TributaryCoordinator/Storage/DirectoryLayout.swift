/// Where things lie in a run's directory.
public struct DirectoryLayout: Sendable, Equatable {
  public let root: String

  public init(_ root: String) { self.root = root }

  /// The plan that the run holds to, for people.
  public var plan: String { root + "/plan.json" }
  public var ledger: String { root + "/ledger.sqlite" }
  public var events: String { root + "/events.jsonl" }
  public var lock: String { root + "/lock" }
  /// The result: `model.safetensors` and what is needed to use it.
  public var model: String { root + "/model" }
  /// What every client measured of the result: a table, a line a client.
  public var clients: String { root + "/clients.csv" }
  /// The result's confusion matrix on the test examples.
  public var evaluation: String { root + "/evaluation.json" }
  /// Sizes and labels of a simulation's clients.
  public var partition: String { root + "/partition.json" }
  /// Each client's own model on each client's examples, of a simulation.
  public var matrix: String { root + "/matrix.csv" }
  public var checkpoints: String { root + "/checkpoints" }

  /// The open round's updates, where the strategy needs them all at once.
  public var spool: String { root + "/spool" }

  /// The file name of the checkpoint after `round`: `round-0003.safetensors`.
  public func checkpointName(after round: Int) -> String { Self.name(of: round) + ".safetensors" }

  /// The file name of the updates of `round`: `round-0003.updates`.
  public func spoolName(of round: Int) -> String { Self.name(of: round) + ".updates" }

  private static func name(of round: Int) -> String {
    let digits = String(round)
    return "round-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
