internal import TributaryCore

/// Splits TSV and CSV into records of fields.
///
/// TSV is taken literally: a tab ends a field, quotes are text. CSV follows RFC 4180: a field in
/// quotes may hold commas, newlines and doubled quotes.
enum DelimitedText {
  struct Record {
    /// The line on which the record begins, from 1.
    var line: Int
    var fields: [String]
  }

  static func tabs(_ path: String) throws -> [Record] {
    try TextLines.lines(path).map { line, text in
      let fields = text.utf8.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      return Record(line: line, fields: try fields.map { try TextLines.string($0, path, line) })
    }
  }

  static func commas(_ path: String) throws -> [Record] {
    var scanner = CSVScanner(bytes: try TextLines.read(path), path: path)
    var records: [Record] = []
    while let record = try scanner.next() { records.append(record) }
    return records
  }
}

private struct CSVScanner {
  let bytes: [UInt8]
  let path: String
  private var position = 0
  private var line = 1

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  init(bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  mutating func next() throws -> DelimitedText.Record? {
    guard position < bytes.count else { return nil }
    let start = line
    var fields: [String] = []
    while true {
      fields.append(try field())
      guard position < bytes.count else { break }
      position += 1
      if bytes[position - 1] == Self.comma { continue }
      // `field` stops before a comma or a line's end only.
      if bytes[position - 1] == Self.carriageReturn { position += 1 }
      line += 1
      break
    }
    return DelimitedText.Record(line: start, fields: fields)
  }

  private var isAtLineEnd: Bool {
    guard position < bytes.count else { return true }
    if bytes[position] == Self.newline { return true }
    return bytes[position] == Self.carriageReturn && position + 1 < bytes.count
      && bytes[position + 1] == Self.newline
  }

  private mutating func field() throws -> String {
    if position < bytes.count, bytes[position] == Self.quote { return try quotedField() }
    let start = position
    while !isAtLineEnd, bytes[position] != Self.comma {
      if bytes[position] == Self.quote {
        throw TextRows.failure(path, line, "a quote inside a field that does not begin with one")
      }
      position += 1
    }
    return try TextLines.string(bytes[start..<position], path, line)
  }

  private mutating func quotedField() throws -> String {
    let start = line
    var content: [UInt8] = []
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == Self.quote {
        guard position < bytes.count, bytes[position] == Self.quote else {
          guard isAtLineEnd || bytes[position] == Self.comma else {
            throw TextRows.failure(path, line, "text after a closing quote")
          }
          return try TextLines.string(content, path, start)
        }
        position += 1
      } else if byte == Self.newline {
        line += 1
      }
      content.append(byte)
    }
    throw TextRows.failure(path, start, "a quoted field that begins here is never closed")
  }
}
