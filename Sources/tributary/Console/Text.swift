import Foundation

/// Numbers and columns as a person reads them.
enum Text {
  static func bytes(_ count: Int) -> String {
    switch count {
    case ..<1_000: "\(count) B"
    case ..<1_000_000: decimal(Double(count) / 1e3, 1) + " kB"
    case ..<1_000_000_000: decimal(Double(count) / 1e6, 1) + " MB"
    default: decimal(Double(count) / 1e9, 2) + " GB"
    }
  }

  static func decimal(_ value: Double, _ places: Int) -> String {
    String(format: "%.\(places)f", value)
  }

  static func decimal(_ value: Double?, _ places: Int) -> String {
    value.map { decimal($0, places) } ?? "-"
  }

  /// Right-aligned in `width` columns.
  static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// Columns two spaces apart, the first `leading` ones to the left.
  static func table(_ rows: [[String]], leading: Int) -> [String] {
    let widths = (0..<(rows.first?.count ?? 0)).map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, text in
        "  " + (column < leading ? left(text, widths[column]) : right(text, widths[column]))
      }.joined()
    }
  }

  /// At most `limit` of `names`, then how many more.
  static func list(_ names: [String], limit: Int) -> String {
    let shown = names.prefix(limit).joined(separator: " ")
    return names.count > limit ? "\(shown) +\(names.count - limit)" : shown
  }

  /// One line of JSON with keys in order.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// One line for a person, on stderr.
  static func complain(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data("tributary: \(line)\n".utf8))
  }

  /// Prints and flushes at once, so that a pipe sees each line when it happens. A full disk behind
  /// stdout ends the process: what a run has finished is in its folder.
  static func emit(_ line: String) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      complain("cannot write to standard output: \(String(cString: strerror(errno)).lowercased())")
      exit(1)
    }
  }
}
