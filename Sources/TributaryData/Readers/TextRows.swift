internal import Foundation
internal import TributaryCore
internal import TributaryPlan

/// One text with what the file says of its label.
struct TextRow {
  var line: Int
  /// A number or a class's name; nil where the file has none.
  var label: String?
  var text: String
  /// Whose it is, where that was asked for.
  var id: String?
}

/// Turns rows into a dataset: labels are numbers, or names of `task.classes`.
struct TextRows {
  let path: String
  let rows: [TextRow]

  func dataset(selection: LabelSelection, labelsRequired: Bool) throws -> RawDataset {
    guard let first = rows.first else {
      throw TributaryError("data.empty", "\(path): no examples in it")
    }
    let lines = rows.map(\.line)
    let place: (Int) -> String = { [path] in "\(path):\(lines[$0])" }
    let examples = Examples.text(TextExamples(texts: rows.map(\.text)))
    if first.label == nil, !labelsRequired {
      if let row = rows.first(where: { $0.label != nil }) {
        throw Self.failure(path, row.line, "has a label, the records before have none")
      }
      return RawDataset(examples: examples, naturalIDs: ids, place: place)
    }
    let labels = try rows.map { try number(of: $0, selection) }
    return RawDataset(examples: examples, labels: labels, naturalIDs: ids, place: place)
  }

  private var ids: [String]? {
    let ids = rows.compactMap(\.id)
    return ids.count == rows.count ? ids : nil
  }

  private func number(of row: TextRow, _ selection: LabelSelection) throws -> Int {
    guard let label = row.label else { throw Self.failure(path, row.line, "has no label") }
    if selection.labels == nil, let index = selection.task?.classNames?.firstIndex(of: label) {
      return index
    }
    if let number = Int(label), number >= 0 { return number }
    let shown = label.isEmpty ? "an empty label" : "the label \"\(label.prefix(40))\""
    let reason =
      selection.labels != nil
      ? "\(shown) is no number, and data.labels selects by number"
      : "\(shown) is neither a number from 0 nor a name in task.classes"
    throw Self.failure(path, row.line, reason)
  }

  static func failure(_ path: String, _ line: Int, _ reason: String) -> TributaryError {
    TributaryError("data.text", "\(path):\(line): \(reason)")
  }
}

/// The lines of a UTF-8 file, without `\n` or `\r\n`, and without a byte order mark.
///
/// Other line separators of Unicode are text.
struct TextLines {
  static func read(_ path: String) throws -> [UInt8] {
    let bytes = try InputFile(path).readAll().array(of: UInt8.self)
    let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
    guard !text.isEmpty else { throw TributaryError("data.empty", "\(path): the file is empty") }
    return text
  }

  /// Each line as text; the newline at the very end ends the last line and begins none.
  static func lines(_ path: String) throws -> [(line: Int, text: String)] {
    let bytes = try read(path)
    var result: [(line: Int, text: String)] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      var line = bytes[start..<end]
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      result.append((result.count + 1, try string(line, path, result.count + 1)))
      start = end + 1
    }
    return result
  }

  static func string(_ bytes: some Collection<UInt8>, _ path: String, _ line: Int) throws -> String
  {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TextRows.failure(path, line, "is not valid UTF-8")
    }
    return text
  }
}
