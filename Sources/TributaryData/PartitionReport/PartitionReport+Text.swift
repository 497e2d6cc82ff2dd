internal import Foundation

extension PartitionReport {
  /// Rows beyond this are told by their number only.
  public static let rowLimit = 40
  /// More classes than this have no column each.
  private static let columnLimit = 16

  /// The report as lines for a terminal: a row a client, then the figures.
  public var lines: [String] { rows + figures }

  /// A header, and a row for each of the first clients.
  public var rows: [String] {
    let shown = clients.prefix(Self.rowLimit)
    let names = shown.map { "\($0.client)" + ($0.name.map { " (\(Self.short($0)))" } ?? "") }
    let width = max(6, names.map(\.count).max() ?? 0)
    let hasColumns = summary.labels != nil && summary.classes.count <= Self.columnLimit
    let headings = summary.classes.map { Self.short($0, 8) }
    let columns = headings.map { max(6, $0.count + 1) }
    var header = Self.padded("client", width) + "  examples"
    if summary.labels != nil { header += "  distance  classes" }
    if hasColumns { header += zip(headings, columns).map(Self.right).joined() }
    var lines = [header]
    for (client, name) in zip(shown, names) {
      var line = Self.padded(name, width) + Self.right("\(client.examples)", 10)
      if let labels = client.labels, let distance = client.totalVariation {
        line += Self.right(Self.decimal(distance), 10)
        line += Self.right("\(labels.count { $0 > 0 })", 9)
        if hasColumns { line += zip(labels, columns).map { Self.right("\($0)", $1) }.joined() }
      }
      lines.append(line)
    }
    if clients.count > shown.count { lines.append("... and \(clients.count - shown.count) more") }
    return lines
  }

  /// What the clients are like together.
  public var figures: [String] {
    let sizes = summary.sizes
    var lines = [
      "\(summary.kind), seed \(summary.seed): \(summary.clients) clients, "
        + "\(summary.examples) examples"
        + (summary.unused > 0 ? ", \(summary.unused) more that no client has" : ""),
      "sizes   smallest \(sizes.smallest), median \(Self.decimal(sizes.median, 1)), largest "
        + "\(sizes.largest); variation \(Self.decimal(sizes.coefficientOfVariation)), Gini "
        + Self.decimal(sizes.gini),
    ]
    if let labels = summary.labels {
      lines.append(
        "labels  \(Self.decimal(labels.classesPerClient, 1)) of \(summary.classes.count) classes a "
          + "client; distance to all together, mean (largest): total variation "
          + "\(Self.text(labels.totalVariation)), Jensen-Shannon "
          + "\(Self.text(labels.jensenShannon)), earth mover's \(Self.text(labels.earthMover))")
    }
    return lines + ["sha256  \(summary.digest)"]
  }

  private static func text(_ spread: LabelFigures.Spread) -> String {
    "\(decimal(spread.mean)) (\(decimal(spread.largest)))"
  }

  private static func decimal(_ value: Double, _ places: Int = 3) -> String {
    String(format: "%.\(places)f", value)
  }

  /// Without what would break a line, and not too long.
  static func short(_ text: String, _ limit: Int = 24) -> String {
    let plain = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    return plain.count > limit ? plain.prefix(limit - 1) + "…" : plain
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
