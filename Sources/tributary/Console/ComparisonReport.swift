import TributaryCore
import TributaryStorage

/// What `inspect` says about two checkpoints.
struct ComparisonReport {
  private struct Row: Encodable {
    var name: String
    var verdict: WeightsComparison.Verdict
    var dtypes: [DType?]
    var shapes: [Shape?]
    /// As text where JSON has no number for it.
    var maximumAbsolute: Double?
    var maximumRelative: Double?
  }

  private struct Summary: Encodable {
    var equal: Bool
    var tensors: Int
    var counts: [String: Int]
    var maximumAbsolute: Double?
    var maximumRelative: Double?
  }

  private let comparison: WeightsComparison

  init(_ comparison: WeightsComparison) { self.comparison = comparison }

  func show(asJSON: Bool) throws {
    let rows = comparison.rows
    let counts = Dictionary(rows.map { ($0.verdict.rawValue, 1) }, uniquingKeysWith: +)
    let absolute = rows.compactMap(\.maximumAbsolute).max()
    let relative = rows.compactMap(\.maximumRelative).max()
    if asJSON {
      for row in rows { Text.emit(try Text.json(line(row))) }
      let summary = Summary(
        equal: comparison.isEqual, tensors: rows.count, counts: counts,
        maximumAbsolute: Self.finite(absolute), maximumRelative: Self.finite(relative))
      Text.emit(try Text.json(summary))
      return
    }
    for row in rows where row.verdict != .equal { Text.emit(words(row)) }
    let kinds = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    Text.emit("\(rows.count) tensors: \(kinds.joined(separator: ", "))")
    if let absolute, let relative, !comparison.isEqual {
      Text.emit("largest difference \(absolute) absolute, \(relative) relative")
    }
    Text.emit(comparison.isEqual ? "equal, bit by bit" : "not equal")
  }

  private func line(_ row: WeightsComparison.Row) -> Row {
    Row(
      name: row.name, verdict: row.verdict, dtypes: [row.left?.dtype, row.right?.dtype],
      shapes: [row.left?.shape, row.right?.shape],
      maximumAbsolute: Self.finite(row.maximumAbsolute),
      maximumRelative: Self.finite(row.maximumRelative))
  }

  private func words(_ row: WeightsComparison.Row) -> String {
    switch row.verdict {
    case .missing: return "\(row.name)  only in the second"
    case .surplus: return "\(row.name)  only in the first"
    case .shape: return "\(row.name)  \(row.left?.shape ?? []) and \(row.right?.shape ?? [])"
    case .equal, .different:
      let types = [row.left?.dtype.rawValue, row.right?.dtype.rawValue].compactMap { $0 }
      let kinds = Set(types).count == 2 ? "  \(types.joined(separator: " and "))" : ""
      return "\(row.name)  absolute \(row.maximumAbsolute ?? 0), relative "
        + "\(row.maximumRelative ?? 0)\(kinds)"
    }
  }

  /// JSON has no infinity.
  private static func finite(_ value: Double?) -> Double? {
    value.map { $0.isFinite ? $0 : .greatestFiniteMagnitude }
  }
}
