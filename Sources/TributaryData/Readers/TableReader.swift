internal import TributaryCore
internal import TributaryPlan

/// Finds label and text in the columns of TSV and CSV.
struct TableReader {
  let path: String
  let plan: TextPlan
  let labelsRequired: Bool
  /// The column of the natural ids: its name, or its number from 1.
  var idColumn: PlanSetting?

  private static let labelNames: Set = ["label", "class", "category"]
  private static let textNames: Set = ["text", "sentence"]

  private struct Columns {
    /// nil: there are no labels.
    var label: Int?
    var texts: [Int]
    var id: Int?
  }

  func rows(_ records: [DelimitedText.Record]) throws -> [TextRow] {
    var records = records[...]
    while let last = records.last, last.fields == [""] { records.removeLast() }
    guard let first = records.first else {
      throw TributaryError("data.empty", "\(path): no examples in it")
    }
    let header = header(first)
    if header != nil { records.removeFirst() }
    let columns = try columns(header, first)
    let width = first.fields.count
    return try records.map { record in
      guard record.fields.count == width else {
        let reason =
          record.fields == [""]
          ? "an empty line" : "\(record.fields.count) fields, expected \(width)"
        throw TextRows.failure(path, record.line, reason)
      }
      return TextRow(
        line: record.line, label: columns.label.map { record.fields[$0] },
        text: columns.texts.map { record.fields[$0] }.joined(separator: " "),
        id: columns.id.map { record.fields[$0] })
    }
  }

  /// Columns that a first record of names names, or nil for a record of data.
  private func header(_ record: DelimitedText.Record) -> Columns? {
    let names = record.fields.map { $0.lowercased() }
    let label = names.firstIndex(where: Self.labelNames.contains)
    if let id = namedID(in: record) {
      let text = names.firstIndex(where: Self.textNames.contains)
      return Columns(label: label, texts: text.map { [$0] } ?? [], id: id)
    }
    guard let text = names.firstIndex(where: Self.textNames.contains),
      label != nil || !labelsRequired
    else { return nil }
    return Columns(label: label, texts: [text])
  }

  /// Where a record of names has the id's name.
  private func namedID(in record: DelimitedText.Record) -> Int? {
    guard case .text(let name)? = idColumn else { return nil }
    return record.fields.firstIndex(of: name)
  }

  private func columns(_ header: Columns?, _ first: DelimitedText.Record) throws -> Columns {
    let width = first.fields.count
    var columns = header ?? Columns(label: width > 1 || labelsRequired ? 0 : nil, texts: [])
    try findID(&columns, first)
    if let label = plan.labelColumn { columns.label = label - 1 }
    if let texts = plan.textColumns { columns.texts = texts.map { $0 - 1 } }
    if let label = columns.label, columns.texts == [label] || label >= width, !labelsRequired {
      columns.label = nil
    }
    if columns.texts.isEmpty {
      let others = (0..<width).filter { $0 != columns.label && $0 != columns.id }
      guard others.count == 1 else {
        let expected = labelsRequired ? "expected 2 (label, text)" : "expected 1 or 2"
        throw TributaryError(
          "data.text", "\(path):\(first.line): \(width) fields, \(expected)",
          advice: "name the columns in data.text.labelColumn and textColumns, or in a header line")
      }
      columns.texts = others
    }
    for column in columns.texts + (columns.label.map { [$0] } ?? []) where column >= width {
      throw TextRows.failure(path, first.line, "\(width) fields, but column \(column + 1) is asked")
    }
    return columns
  }

  private func findID(_ columns: inout Columns, _ first: DelimitedText.Record) throws {
    guard let idColumn, columns.id == nil else { return }
    guard let number = idColumn.wholeNumber, (1...first.fields.count).contains(number) else {
      throw TributaryError(
        "data.text", "\(path):\(first.line): there is no column \(idColumn)",
        advice: "data.partition.column is a name in the header line, or a number from 1 to "
          + "\(first.fields.count)")
    }
    columns.id = number - 1
  }
}
