import TributaryCore
import TributaryModels
import TributaryStorage

/// What `inspect` says about one checkpoint.
struct WeightsReport {
  private struct Row: Encodable {
    var name: String
    var dtype: DType
    var shape: Shape
    var count: Int
    var bytes: Int
  }

  private struct File: Encodable {
    var path: String
    var digest: Digest
  }

  private struct Summary: Encodable {
    var path: String
    var format: String
    var tensors: Int
    var parameters: Int
    var bytes: Int
    /// Of the only file.
    var digest: Digest?
    var files: [File]
    var finite: Bool
    var architectures: [String]
    var metadata: [String: String]
    var notes: [String]
  }

  private let rows: [Row]
  private let summary: Summary

  init(_ weights: Weights) throws {
    rows =
      weights.tensors.map { name, tensor in
        Row(
          name: name, dtype: tensor.dtype, shape: tensor.shape, count: tensor.shape.elementCount,
          bytes: tensor.bytes.count)
      }.values
    let files = try weights.files.map { File(path: $0, digest: try WeightsPath.digest(of: $0)) }
    summary = Summary(
      path: weights.path, format: weights.format.rawValue, tensors: rows.count,
      parameters: rows.reduce(0) { $0 + $1.count }, bytes: rows.reduce(0) { $0 + $1.bytes },
      digest: files.count == 1 ? files[0].digest : nil, files: files,
      finite: weights.tensors.values.allSatisfy(\.isFinite),
      architectures: ModelFolder.architectures(of: weights.path), metadata: weights.metadata,
      notes: weights.notes)
  }

  func show(asJSON: Bool) throws {
    if asJSON {
      for row in rows { Text.emit(try Text.json(row)) }
      Text.emit(try Text.json(summary))
      return
    }
    let width = rows.map(\.name.count).max() ?? 0
    for row in rows {
      Text.emit(
        "\(Text.left(row.name, width))  \(Text.left(row.dtype.rawValue, 4))  "
          + "\(Text.right("\(row.count)", 12))  \(Text.right(Text.bytes(row.bytes), 9))  \(row.shape)"
      )
    }
    Text.emit(
      "\(summary.tensors) tensors, \(summary.parameters) parameters, "
        + "\(Text.bytes(summary.bytes)), \(summary.format)\(summary.finite ? "" : ", NOT ALL FINITE")"
    )
    for note in summary.notes { Text.emit(note) }
    for (key, value) in summary.metadata.sorted(by: { $0.key < $1.key }) {
      Text.emit("metadata \(key): \(value.prefix(200))")
    }
    if !summary.architectures.isEmpty {
      Text.emit("architecture \(summary.architectures.joined(separator: " or "))")
    }
    for file in summary.files {
      Text.emit("sha256 \(file.digest)" + (summary.files.count > 1 ? "  \(file.path)" : ""))
    }
  }
}
