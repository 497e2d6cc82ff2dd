internal import Foundation
internal import TributaryCore
internal import TributaryPlan
internal import TributaryStorage
public import TributaryTensor

/// Examples as rows of numbers, with labels where there are any.
public struct FeatureTable: Sendable {
  /// `[examples, features]`
  public let features: Matrix
  /// One a row, as the file spells them; nil: the file has none.
  public let labels: [String]?

  public init(features: Matrix, labels: [String]?) {
    self.features = features
    self.labels = labels
  }

  /// Reads `path`: safetensors with a tensor "features" (or "fts") [examples, features] and perhaps "labels"
  /// [examples]; or CSV or TSV with a number in every column but the label's, which a header line calls label,
  /// class, category or target, and which without a header is the first.
  ///
  /// - Throws: `data.file`, `data.table`, `checkpoint.*`; bad rows with their line.
  public static func read(_ path: String) throws -> FeatureTable {
    guard FileManager.default.fileExists(atPath: path) else {
      throw TributaryError("data.file", "\(path): no such file", advice: "check the path")
    }
    if path.hasSuffix(".safetensors") { return try tensors(path) }
    return try table(
      path, path.hasSuffix(".tsv") ? DelimitedText.tabs(path) : DelimitedText.commas(path))
  }

  private static func tensors(_ path: String) throws -> FeatureTable {
    let file = try SafetensorsFile(path: path, requireFinite: true)
    guard let features = file.tensors["features"] ?? file.tensors["fts"], features.shape.rank == 2,
      features.shape[0] > 0
    else {
      throw failure(path, "no tensor \"features\" [examples, features]")
    }
    let labels = file.tensors["labels"]
    guard labels.map({ $0.shape.elementCount == features.shape[0] }) ?? true else {
      throw failure(path, "not one label an example")
    }
    return FeatureTable(
      features: Matrix(
        (0..<features.shape.elementCount).map(features.number), rows: features.shape[0],
        columns: features.shape[1]),
      labels: labels.map { labels in
        (0..<labels.shape.elementCount).map { String(Int(labels.number(at: $0))) }
      })
  }

  private static let labelNames: Set = ["label", "class", "category", "target"]

  private static func table(
    _ path: String, _ records: [DelimitedText.Record]
  ) throws -> FeatureTable {
    var records = records[...]
    while let last = records.last, last.fields == [""] { records.removeLast() }
    guard let first = records.first else { throw failure(path, "no examples in it") }
    let names = first.fields.map { $0.lowercased() }
    let isHeader = first.fields.dropFirst().allSatisfy { Double($0) == nil }
    if isHeader { records.removeFirst() }
    let label = isHeader ? names.firstIndex(where: labelNames.contains) : 0
    guard !records.isEmpty, first.fields.count > (label == nil ? 0 : 1) else {
      throw failure(path, "no examples in it")
    }
    var values: [Double] = []
    for record in records {
      guard record.fields.count == first.fields.count else {
        throw failure(
          "\(path):\(record.line)",
          "\(record.fields.count) fields, expected \(first.fields.count)")
      }
      for (column, field) in record.fields.enumerated() where column != label {
        guard let value = Double(field), value.isFinite else {
          throw failure("\(path):\(record.line)", "column \(column + 1) is no number")
        }
        values.append(value)
      }
    }
    return FeatureTable(
      features: Matrix(
        values, rows: records.count, columns: first.fields.count - (label == nil ? 0 : 1)),
      labels: label.map { label in records.map { $0.fields[label] } })
  }

  private static func failure(_ place: String, _ reason: String) -> TributaryError {
    TributaryError(
      "data.table", "\(place): \(reason)",
      advice: "a table of features is safetensors, or CSV or TSV of numbers with a label column")
  }
}
