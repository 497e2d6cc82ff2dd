internal import Foundation
internal import TributaryCore
internal import TributaryPlan

/// A text file that a language model learns from, as windows of one length.
enum RunningText {
  /// Each window of `length` characters with the one that follows, so that every character of the text but the
  /// first is the next one once. The text is its own label: all are 0.
  ///
  /// - Throws: `data.file`, `data.text` for what is no UTF-8, `data.empty`.
  static func windows(_ path: String, length: Int) throws -> RawDataset {
    let windows = windows(of: try TextLines.lines(path).map(\.text), length: length)
    guard !windows.isEmpty else {
      throw TributaryError("data.empty", "\(path): no text in it")
    }
    return RawDataset(
      examples: .text(TextExamples(texts: windows)), labels: windows.map { _ in 0 },
      place: { "\(path): character \($0 * length + 1)" })
  }

  /// Each speaking role's windows, whose natural id is the role. A role that says fewer than two characters
  /// has none.
  ///
  /// - Throws: `data.file`, `data.text` for what is no UTF-8, `data.ids` for a text without roles.
  static func windowsByRole(_ path: String, length: Int) throws -> RawDataset {
    var texts: [String] = []
    var ids: [String] = []
    for role in try SpeakingRoles.roles(TextLines.lines(path).map(\.text), path) {
      let windows = windows(of: role.lines, length: length)
      texts += windows
      ids += windows.map { _ in role.name }
    }
    return RawDataset(
      examples: .text(TextExamples(texts: texts)), labels: texts.map { _ in 0 }, naturalIDs: ids,
      place: { "\(path): \(ids.indices.contains($0) ? ids[$0] : "no role")" })
  }

  private static func windows(of lines: [String], length: Int) -> [String] {
    let scalars = Array(lines.joined(separator: "\n").unicodeScalars)
    guard scalars.count > 1 else { return [] }
    return stride(from: 0, to: scalars.count - 1, by: length).map { start in
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[start..<min(scalars.count, start + length + 1)])
      return String(view)
    }
  }
}
