internal import TributaryCore

/// Goes through a file of word vectors, record by record.
///
/// word2vec's begin with a line `count dimension`. A text record is a line `word number number ...`; a binary one the
/// word, a space, and as many little-endian float32. GloVe's text has no first line.
struct WordVectorReader {
  private let bytes: UnsafeRawBufferPointer
  private let path: String
  private var position = 0
  private let dimension: Int
  /// What the first line promises; nil: there is none.
  private let promised: Int?
  private let isBinary: Bool

  private static let newline = UInt8(ascii: "\n")
  private static let space = UInt8(ascii: " ")
  private static let headerLimit = 64
  private static let wordLimit = 1024
  private static let dimensionLimit = 1 << 16

  /// - Throws: `model.words` for what is no file of word vectors.
  init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
    self.bytes = bytes
    self.path = path
    let first = Self.line(bytes, from: 0)
    let fields = Self.fields(bytes, first)
    let numbers =
      first.count <= Self.headerLimit ? fields.compactMap { Int(Self.text(bytes[$0])) } : []
    guard fields.count == 2, numbers.count == 2 else {
      guard bytes.count < 2 || bytes[0] != 0x1f || bytes[1] != 0x8b else {
        throw Self.failure(path, "is gzip", advice: "unpack it with gunzip")
      }
      promised = nil
      isBinary = false
      dimension = fields.count - 1
      try check()
      return
    }
    promised = numbers[0]
    dimension = numbers[1]
    position = first.upperBound + 1
    isBinary = !Self.isTextRecord(bytes, from: position, dimension: dimension)
    try check()
  }

  private func check() throws {
    guard (1...Self.dimensionLimit).contains(dimension) else {
      throw Self.failure(
        path, "is no file of word vectors",
        advice: "GloVe's text, and word2vec's text and binary files are read")
    }
    if let promised {
      let smallestRecord = isBinary ? 4 * dimension + 2 : 2 * dimension + 1
      guard promised > 0, promised <= bytes.count / smallestRecord + 1 else {
        throw Self.failure(path, "promises \(promised) vectors, for which it is too short")
      }
    }
  }

  /// The first `maximum` words, of those in `only`; the first of equal ones.
  mutating func read(maximum: Int, only: Set<String>?) throws -> WordVectors {
    var words: [String] = []
    var values: [Float] = []
    var known: Set<String> = []
    let limit = min(maximum, only?.count ?? .max)
    var record = 0
    while words.count < limit, try !isAtEnd(after: record) {
      record += 1
      let (word, numbers) = try isBinary ? binaryRecord(record) : textRecord(record)
      // A word that is no UTF-8 is in no text.
      guard let word = String(validating: bytes[word], as: UTF8.self),
        only?.contains(word) ?? true, known.insert(word).inserted
      else { continue }
      words.append(word)
      values += try isBinary ? floats(numbers, record) : decimals(numbers, record)
    }
    return WordVectors(words: words, dimension: dimension, values: values)
  }

  private mutating func isAtEnd(after record: Int) throws -> Bool {
    if let promised {
      guard record < promised else { return true }
      guard position < bytes.count else {
        throw Self.failure(path, "truncated: \(promised) vectors promised, \(record) there")
      }
      return false
    }
    return position >= bytes.count
  }

  /// Where the word stands and where its numbers do; the word may have spaces in it (GloVe's `. . .`).
  private mutating func textRecord(_ record: Int) throws -> (Range<Int>, Range<Int>) {
    let line = Self.line(bytes, from: position)
    position = line.upperBound + 1
    guard let split = Self.split(bytes, line, numbers: dimension), !split.word.isEmpty,
      split.word.count <= Self.wordLimit
    else {
      throw Self.failure(path, "record \(record) is no word with \(dimension) numbers")
    }
    return split
  }

  private mutating func binaryRecord(_ record: Int) throws -> (Range<Int>, Range<Int>) {
    // word2vec's own files have a newline behind each vector.
    if position < bytes.count, bytes[position] == Self.newline { position += 1 }
    let limit = min(bytes.count, position + Self.wordLimit)
    guard let end = bytes[position..<limit].firstIndex(of: Self.space), end > position else {
      throw Self.failure(path, "record \(record) has no word")
    }
    let word = position..<end
    guard end + 1 + 4 * dimension <= bytes.count else {
      throw Self.failure(path, "truncated in record \(record)")
    }
    position = end + 1 + 4 * dimension
    return (word, (end + 1)..<position)
  }

  private func floats(_ range: Range<Int>, _ record: Int) throws -> [Float] {
    try (0..<dimension).map { index in
      let bits = bytes.loadUnaligned(
        fromByteOffset: range.lowerBound + 4 * index, as: UInt32.self)
      return try finite(Float(bitPattern: UInt32(littleEndian: bits)), record)
    }
  }

  private func decimals(_ range: Range<Int>, _ record: Int) throws -> [Float] {
    try Self.fields(bytes, range).map { try finite(Float(Self.text(bytes[$0])), record) }
  }

  private func finite(_ value: Float?, _ record: Int) throws -> Float {
    guard let value, value.isFinite else {
      throw Self.failure(path, "record \(record) has something that is no number")
    }
    return value
  }
}

extension WordVectorReader {
  /// From `start` to the next newline, without it.
  private static func line(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Range<Int> {
    guard start < bytes.count else { return bytes.count..<bytes.count }
    return start..<(bytes[start...].firstIndex(of: newline) ?? bytes.count)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0d
  }

  /// Where a line's fields stand among all bytes.
  private static func fields(
    _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>
  ) -> [Range<Int>] {
    var fields: [Range<Int>] = []
    var start: Int?
    for position in line {
      if !isBlank(bytes[position]) {
        start = start ?? position
      } else if let begun = start {
        fields.append(begun..<position)
        start = nil
      }
    }
    return fields + (start.map { [$0..<line.upperBound] } ?? [])
  }

  private static func text(_ bytes: Swift.Slice<UnsafeRawBufferPointer>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// A line's last `numbers` fields, and what stands before them.
  private static func split(
    _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, numbers: Int
  ) -> (word: Range<Int>, numbers: Range<Int>)? {
    var end = line.upperBound
    for _ in 0..<numbers {
      while end > line.lowerBound, isBlank(bytes[end - 1]) { end -= 1 }
      guard end > line.lowerBound else { return nil }
      while end > line.lowerBound, !isBlank(bytes[end - 1]) { end -= 1 }
    }
    let start = end
    while end > line.lowerBound, isBlank(bytes[end - 1]) { end -= 1 }
    return (line.lowerBound..<end, start..<line.upperBound)
  }

  /// Whether a line of a word and numbers begins at `start`.
  private static func isTextRecord(
    _ bytes: UnsafeRawBufferPointer, from start: Int, dimension: Int
  ) -> Bool {
    let line = line(bytes, from: start)
    guard (1...dimensionLimit).contains(dimension), line.count <= wordLimit + 64 * dimension,
      let split = split(bytes, line, numbers: dimension), !split.word.isEmpty
    else { return false }
    return fields(bytes, split.numbers).allSatisfy { Float(text(bytes[$0])) != nil }
  }

  private static func failure(
    _ path: String, _ reason: String, advice: String? = nil
  ) -> TributaryError {
    TributaryError("model.words", "\(path): \(reason)", advice: advice)
  }
}
