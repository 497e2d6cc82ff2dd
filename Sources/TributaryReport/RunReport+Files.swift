internal import TributaryCoordinator

/// What runs left beside their events.
extension RunReport {
  /// Larger tables of one colour a cell are not shown.
  private static let heatLimit = 60

  /// Accuracies of all clients after the last round, where they measured them.
  func distributions(_ run: ReportRun, _ files: RunFiles) -> Markup? {
    guard let table = files.clients else { return nil }
    let figures = ["global", "personal", "tuned"].compactMap { model in
      Histogram(
        title: "\(run.label): \(model) model on \(table.rows.count) clients",
        values: table.column(model + "Accuracy"), run: run.index
      ).markup
    }
    return figures.isEmpty ? nil : .element("section", ["class": "charts"], figures)
  }

  func partition(_ run: ReportRun, _ files: RunFiles) -> Markup? {
    files.partition.flatMap {
      PartitionPicture(title: "Partition of \(run.label)", partition: $0).markup
    }.map { Self.details("Partition of \(run.label)", $0) }
  }

  func confusion(_ run: ReportRun, _ files: RunFiles) -> Markup? {
    guard let confusion = files.confusion, confusion.classes.count <= Self.heatLimit else {
      return nil
    }
    let rows = zip(confusion.classes, confusion.counts).map { name, counts in
      let total = Double(max(1, counts.reduce(0, +)))
      return (
        name: name,
        cells: counts.map { (text: "\($0)", value: Double($0), share: Double($0) / total) }
      )
    }
    return Self.details(
      "Confusion of \(run.label): true classes down, predicted across",
      Self.heat(corner: "true", columns: confusion.classes, rows, class: "confusion"))
  }

  /// Each client's own model on each client's examples.
  func matrix(_ run: ReportRun, _ files: RunFiles) -> Markup? {
    guard let matrix = files.matrix, matrix.columns.count <= Self.heatLimit else { return nil }
    let rows = matrix.rows.map { name, values in
      (
        name: name,
        cells: values.map { value in
          (text: ReportNumber.decimal(value, 3), value: value ?? 0, share: value ?? 0)
        }
      )
    }
    return Self.details(
      "Models of \(run.label) on the clients' examples: models down, examples across",
      Self.heat(corner: "model", columns: matrix.columns, rows, class: "matrix"))
  }

  /// - Parameter rows: names, and cells whose shares (0 to 1) are their depths of colour.
  private static func heat(
    corner: String, columns: [String],
    _ rows: [(name: String, cells: [(text: String, value: Double, share: Double)])],
    class name: String
  ) -> Markup {
    table(
      [corner] + columns,
      rows.map { row in
        [Markup.element("th", ["scope": "row"], text: row.name)]
          + row.cells.map { cell in
            let depth = ReportNumber.decimal(max(0, min(1, cell.share)) * 0.8, 2)
            return .element(
              "td",
              ["data-value": "\(cell.value)", "style": "background: rgba(60, 120, 200, \(depth))"],
              text: cell.text)
          }
      }, class: name)
  }
}
