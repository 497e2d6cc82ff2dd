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
    let lines = try TextLines.lines(path).map(\.text)
    let scalars = Array(lines.joined(separator: "\n").unicodeScalars)
    guard scalars.count > 1 else {
      throw TributaryError("data.empty", "\(path): no text in it")
    }
    let starts = Array(stride(from: 0, to: scalars.count - 1, by: length))
    let texts = starts.map { start in
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[start..<min(scalars.count, start + length + 1)])
      return String(view)
    }
    return RawDataset(
      examples: .text(TextExamples(texts: texts)), labels: texts.map { _ in 0 },
      place: { "\(path): character \(starts[$0] + 1)" })
  }
}
