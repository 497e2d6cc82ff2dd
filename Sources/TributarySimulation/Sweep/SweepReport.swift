public import TributaryCoordinator
internal import TributaryCore

/// What a sweep has found so far: a cell for each combination of settings, a run for each seed in it.
public struct SweepReport: Sendable, Codable, Equatable {
  /// The run file.
  public var plan: String
  /// The keys that differ between cells.
  public var keys: [String]
  public var cells: [Cell]

  public struct Cell: Sendable, Codable, Equatable {
    /// The folder in the sweep's.
    public var name: String
    /// The values of the sweep's keys, as they are written in YAML.
    public var values: [String]
    public private(set) var runs: [Run] = []
    /// Over the seeds of complete runs: the final metrics by name, `rounds`, `roundsToTarget`, `bytesDown`,
    /// `bytesUp` and `seconds`.
    public private(set) var figures: [String: SweepFigure] = [:]

    public init(name: String, values: [String], runs: [Run] = []) {
      self.name = name
      self.values = values
      for run in runs { set(run) }
    }

    /// Puts a run in the place of what was known of its seed.
    public mutating func set(_ run: Run) {
      if let index = runs.firstIndex(where: { $0.seed == run.seed }) {
        runs[index] = run
      } else {
        runs.append(run)
      }
      let measures = runs.map(\.measures)
      figures = Dictionary(
        uniqueKeysWithValues: Set(measures.flatMap(\.keys)).compactMap { name in
          SweepFigure(measures.compactMap { $0[name] }).map { (name, $0) }
        })
    }
  }

  public struct Run: Sendable, Codable, Equatable {
    public enum State: String, Sendable, Codable { case pending, complete, interrupted, failed }

    public var seed: UInt64
    /// In the sweep's.
    public var folder: String
    public var state = State.pending
    /// Why it failed.
    public var reason: String?
    public var digest: String?
    /// Of a complete run, by name; finite ones.
    public var measures: [String: Double] = [:]

    public init(seed: UInt64, folder: String) {
      self.seed = seed
      self.folder = folder
    }

    /// - Parameter roundsToTarget: nil where there is no target, or it was not reached.
    public mutating func complete(_ summary: RunSummary, roundsToTarget: Int?) {
      state = .complete
      reason = nil
      digest = summary.digest.hex
      measures = summary.metrics.filter(\.value.isFinite)
      measures["rounds"] = Double(summary.rounds)
      measures["roundsToTarget"] = roundsToTarget.map(Double.init)
      measures["bytesDown"] = Double(summary.bytesDown)
      measures["bytesUp"] = Double(summary.bytesUp)
      measures["seconds"] = summary.seconds
    }

    public mutating func fail(_ reason: String) {
      state = .failed
      self.reason = reason
    }
  }

  public init(plan: String, keys: [String], cells: [Cell]) {
    self.plan = plan
    self.keys = keys
    self.cells = cells
  }

  public var runs: [Run] { cells.flatMap(\.runs) }

  /// The names of all figures, sorted.
  public var measures: [String] { Set(cells.flatMap(\.figures.keys)).sorted() }
}
