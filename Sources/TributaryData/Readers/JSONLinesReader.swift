internal import Foundation
internal import TributaryCore

/// One JSON object a line with `text` and `label` (a number or a class's name).
enum JSONLinesReader {
  /// - Parameter idKey: the key of the natural ids, which are texts or whole numbers.
  static func rows(_ path: String, idKey: String? = nil) throws -> [TextRow] {
    let decoder = JSONDecoder()
    var lines = try TextLines.lines(path)[...]
    while let last = lines.last, last.text.isEmpty { lines.removeLast() }
    return try lines.map { line, text in
      guard !text.isEmpty else { throw TextRows.failure(path, line, "an empty line") }
      let record: Record
      do {
        record = try decoder.decode(Record.self, from: Data(text.utf8))
      } catch {
        throw TextRows.failure(path, line, reason(for: error))
      }
      return TextRow(
        line: line, label: record.label?.text, text: record.text,
        id: try idKey.map { try id($0, text, decoder, path, line) })
    }
  }

  private static func id(
    _ key: String, _ text: String, _ decoder: JSONDecoder, _ path: String, _ line: Int
  ) throws -> String {
    let fields = try? decoder.decode([String: Lenient].self, from: Data(text.utf8))
    guard let id = fields?[key]?.label?.text else {
      throw TextRows.failure(
        path, line, "has no \"\(key.prefix(40))\" that is a text or a whole number")
    }
    return id
  }

  /// Any value; what is neither text nor a whole number is nil.
  private struct Lenient: Decodable {
    var label: Label?

    init(from decoder: any Decoder) throws { label = try? Label(from: decoder) }
  }

  private struct Record: Decodable {
    var text: String
    var label: Label?
  }

  private struct Label: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        text = String(number)
      } else {
        text = try container.decode(String.self)
      }
    }
  }

  private static func reason(for error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "has no \"\(key.stringValue)\""
    case DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty,
      DecodingError.valueNotFound(_, let context) where !context.codingPath.isEmpty:
      "\"\(context.codingPath[0].stringValue)\" has the wrong type"
    default: "is not a JSON object with \"text\" and \"label\""
    }
  }
}
