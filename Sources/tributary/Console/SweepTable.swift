import TributarySimulation

/// A sweep's report as a person reads it: a line a cell, mean and sample standard deviation over its seeds.
struct SweepTable {
  private let report: SweepReport
  private let keys: [String]

  private static let decimals = [
    ("accuracy", 4), ("loss", 4), ("personalAccuracy", 4), ("personalAccuracyWorst", 4),
    ("roundsToTarget", 1), ("seconds", 2),
  ]

  /// - Parameter keys: what the columns of settings are called.
  init(_ report: SweepReport, keys: [String]) {
    self.report = report
    self.keys = keys
  }

  var lines: [String] {
    let shown = Self.decimals.filter { report.measures.contains($0.0) }
    let header = keys + ["runs"] + shown.map(\.0) + ["down", "up"]
    let rows = report.cells.map { cell in
      cell.values + [Self.runs(of: cell)]
        + shown.map { Self.text(cell.figures[$0.0], $0.1, of: cell) }
        + ["bytesDown", "bytesUp"].map { name in
          cell.figures[name].map { Text.bytes(Int($0.mean.rounded())) } ?? "-"
        }
    }
    return [""] + Text.table([header] + rows, leading: keys.count) + failures
  }

  /// Each reason once, with the first run that it ended.
  private var failures: [String] {
    let failed = report.runs.filter { $0.state == .failed }
    let reasons = Dictionary(grouping: failed) { $0.reason ?? "" }
    return failed.compactMap { run in
      guard let runs = reasons[run.reason ?? ""], runs.first == run else { return nil }
      let more = runs.count > 1 ? " and \(runs.count - 1) more" : ""
      return "  \(run.folder)\(more) failed: \(run.reason ?? "")"
    }
  }

  /// How one run ended.
  static func line(_ run: SweepReport.Run) -> String {
    switch run.state {
    case .complete:
      "\(run.folder)  accuracy \(Text.decimal(run.measures["accuracy"], 4)), "
        + "loss \(Text.decimal(run.measures["loss"], 4)), "
        + "\(Int(run.measures["rounds"] ?? 0)) rounds in \(Text.decimal(run.measures["seconds"], 1)) s"
    case .failed: "\(run.folder)  failed: \(run.reason ?? "")"
    case .interrupted, .pending: "\(run.folder)  \(run.state.rawValue)"
    }
  }

  private static func runs(of cell: SweepReport.Cell) -> String {
    let complete = cell.runs.count { $0.state == .complete }
    let failed = cell.runs.count { $0.state == .failed }
    let all = complete == cell.runs.count ? "\(complete)" : "\(complete) of \(cell.runs.count)"
    return all + (failed > 0 ? ", \(failed) failed" : "")
  }

  private static func text(_ figure: SweepFigure?, _ places: Int, of cell: SweepReport.Cell)
    -> String
  {
    guard let figure else { return "-" }
    let spread = figure.deviation.map { " ± \(Text.decimal($0, places))" } ?? ""
    let complete = cell.runs.count { $0.state == .complete }
    let of = figure.count < complete ? " (\(figure.count) of \(complete))" : ""
    return Text.decimal(figure.mean, places) + spread + of
  }
}
