internal import TributaryCore
internal import TributaryPlan
internal import TributaryStorage

/// A table of recordings with a header line: a column `file` (or `path`, `recording`, `filename`), one with the class, and
/// perhaps `split`, whose rows of another part are left out.
struct AudioManifest {
  let path: String
  private let plan: AudioPlan
  private let split: DatasetReader.Split?

  private static let fileNames: Set = ["file", "path", "recording", "filename"]
  private static let labelNames: Set = ["label", "class", "category"]
  private static let testNames: Set = ["test", "testing"]
  private static let validationNames: Set = ["val", "valid", "validation"]

  init(path: String, plan: AudioPlan, split: DatasetReader.Split?) {
    self.path = path
    self.plan = plan
    self.split = split
  }

  /// The recording that a row calls `name`.
  func path(of name: String) -> String {
    if name.hasPrefix("/") { return name }
    return "\(plan.folder ?? DurableFile.parent(of: path))/\(name)"
  }

  /// The rows of the part that is asked for, their recordings' names as texts.
  ///
  /// - Throws: `data.audio` for a header without the columns; `data.text`, `data.ids`, `data.empty`.
  func rows(
    _ selection: LabelSelection, labelsRequired: Bool, naturalIDs: NaturalIDSource?
  ) throws -> RawDataset {
    var records =
      path.lowercased().hasSuffix(".tsv")
      ? try DelimitedText.tabs(path) : try DelimitedText.commas(path)
    guard var header = records.first else {
      throw TributaryError("data.empty", "\(path): no recordings in it")
    }
    let names = header.fields.map { $0.lowercased() }
    guard let file = names.firstIndex(where: Self.fileNames.contains) else {
      throw failure("no column file in the header", advice: "name one file, path or recording")
    }
    let label = try labelColumn(header.fields, names, isRequired: labelsRequired)
    if let column = names.firstIndex(of: "split"), let split {
      let header = records.removeFirst()
      records = [header] + records.filter { isPart($0, column, split) }
    }
    // As `TableReader` knows the columns.
    header.fields[file] = "text"
    if let label { header.fields[label] = "label" }
    records[0] = header
    let table = TableReader(
      path: path, plan: TextPlan(labelColumn: label.map { $0 + 1 }, textColumns: [file + 1]),
      labelsRequired: labelsRequired, idColumn: naturalIDs?.column)
    var raw = try TextRows(path: path, rows: table.rows(records))
      .dataset(selection: selection, labelsRequired: labelsRequired)
    if let naturalIDs, raw.naturalIDs == nil {
      raw.naturalIDs = try naturalIDs.ids(raw.examples.count, of: path)
    }
    return raw
  }

  private func labelColumn(
    _ header: [String], _ names: [String], isRequired: Bool
  ) throws -> Int? {
    let found =
      plan.labelColumn.map { header.firstIndex(of: $0) }
      ?? names.firstIndex(where: Self.labelNames.contains)
    guard found == nil, isRequired else { return found }
    throw failure(
      "no column \(plan.labelColumn ?? "label") in the header",
      advice: "say which column holds the class: data.audio.labelColumn")
  }

  private func isPart(
    _ record: DelimitedText.Record, _ column: Int, _ split: DatasetReader.Split
  ) -> Bool {
    // A row that is too short is for `TableReader` to refuse.
    guard record.fields.indices.contains(column) else { return true }
    let name = record.fields[column].lowercased()
    switch split {
    case .test: return Self.testNames.contains(name)
    case .validation: return Self.validationNames.contains(name)
    case .train: return !Self.testNames.union(Self.validationNames).contains(name)
    }
  }

  private func failure(_ reason: String, advice: String) -> TributaryError {
    TributaryError("data.audio", "\(path): \(reason)", advice: advice)
  }
}
