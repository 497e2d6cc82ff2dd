internal import TributaryCore

/// The cells of a sweep: every combination of the values that its overrides list.
///
/// `federation.strategy.kind=fedprox,scaffold` lists two values, `local.epochs=1` is the same in all cells.
public struct SweepGrid: Sendable, Equatable {
  /// A key with the values to try, as they are written in YAML.
  public struct Axis: Sendable, Equatable {
    public var key: String
    public var values: [String]
  }

  public struct Cell: Sendable, Equatable {
    /// The cell's folder: the same for the same settings, whatever else is in the grid.
    public var name: String
    /// A value for each axis, in the axes' order.
    public var values: [String]
    /// What makes the cell's plan of the run file, in the order in which it was given.
    public var overrides: [String]
  }

  /// More runs than this are taken for a slip.
  public static let runLimit = 10_000

  public let axes: [Axis]
  /// The last axis changes fastest.
  public let cells: [Cell]
  /// nil: the plan's own.
  public let seeds: [UInt64]?

  /// Whether there is more to it than one plan.
  public var isSweep: Bool { seeds != nil || !axes.isEmpty }

  /// - Throws: `sweep.values` for a list with an empty value or one twice, `sweep.key` for a listed key that is
  ///   given once more, `sweep.seed` for seeds that stand elsewhere than in `seeds`, `sweep.size`.
  public init(overrides: [String], seeds: [UInt64]? = nil) throws {
    let axes = overrides.compactMap(Axis.init(override:))
    let keys = overrides.map { Axis.key(of: $0) }
    for axis in axes { try Self.check(axis, among: keys) }
    guard seeds == nil || !keys.contains("seed") else {
      throw TributaryError("sweep.seed", "both --seeds and --set seed", advice: "keep one")
    }
    var runs = seeds?.count ?? 1
    for axis in axes where runs <= Self.runLimit { runs *= axis.values.count }
    guard runs <= Self.runLimit else {
      throw TributaryError(
        "sweep.size", "more than \(Self.runLimit) runs", advice: "try fewer values")
    }
    self.axes = axes
    self.seeds = seeds
    cells = Self.product(of: axes).map { values in
      let settings = zip(axes, values).map { "\($0.key)=\($1)" }
      var rest = settings[...]
      return Cell(
        name: SweepCellName.of(settings), values: values,
        overrides: overrides.map { Axis(override: $0) == nil ? $0 : rest.removeFirst() })
    }
  }

  /// The axes' keys for people: without the sections that are not needed to tell them apart.
  public var shortKeys: [String] {
    let paths = axes.map { $0.key.split(separator: ".") }
    return paths.map { path in
      let length = (1...path.count).first { length in
        paths.count { $0.suffix(length) == path.suffix(length) } == 1
      }
      return path.suffix(length ?? path.count).joined(separator: ".")
    }
  }

  private static func check(_ axis: Axis, among keys: [String]) throws {
    guard axis.key != "seed" else {
      throw TributaryError(
        "sweep.seed", "--set seed lists values",
        advice: "say --seeds \(axis.values.joined(separator: ","))")
    }
    guard keys.count(where: { $0 == axis.key }) == 1 else {
      throw TributaryError("sweep.key", "--set \(axis.key) is there twice", advice: "keep one")
    }
    guard !axis.values.contains(""), Set(axis.values).count == axis.values.count else {
      throw TributaryError(
        "sweep.values", "--set \(axis.key) lists an empty value, or one twice",
        advice: "quote a text with a comma, as in --set '\(axis.key)=\"a,b\"'")
    }
  }

  private static func product(of axes: [Axis]) -> [[String]] {
    axes.reduce([[]]) { cells, axis in
      cells.flatMap { cell in axis.values.map { cell + [$0] } }
    }
  }
}

extension SweepGrid.Axis {
  /// nil where the override gives one value, or is none.
  init?(override: String) {
    guard let equals = override.firstIndex(of: "=") else { return nil }
    let values = SweepValues.split(override[override.index(after: equals)...])
    guard values.count > 1 else { return nil }
    self.init(key: Self.key(of: override), values: values)
  }

  static func key(of override: String) -> String {
    let parts = override.prefix { $0 != "=" }.split(
      separator: ".", omittingEmptySubsequences: false)
    return parts.map { $0.trimmingSpaces }.joined(separator: ".")
  }
}

extension Substring {
  /// Without spaces at both ends.
  var trimmingSpaces: String {
    let start = drop { $0 == " " || $0 == "\t" }
    let length = start.reversed().drop { $0 == " " || $0 == "\t" }.count
    return String(start.prefix(length))
  }
}
