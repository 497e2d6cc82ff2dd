internal import TributaryCore

/// The entries of a ZIP archive whose files are stored as they are, as PyTorch writes them.
///
/// Refuses what a checkpoint never is: compressed or encrypted entries, entries that overlap, two of one name,
/// anything outside the file. Checksums are not looked at: PyTorch does not always write them.
struct ZipArchive {
  /// Where each file's bytes lie.
  private(set) var files: [String: Range<Int>] = [:]
  private let bytes: Bytes
  private let name: String

  /// - Throws: `checkpoint.zip`, `checkpoint.truncated`.
  init(_ bytes: Bytes, name: String) throws {
    self.bytes = bytes
    self.name = name
    let directory = try directory()
    var headers: [Range<Int>] = []
    var offset = directory.range.lowerBound
    for _ in 0..<directory.count {
      guard offset < directory.range.upperBound, bytes.littleEndian(at: offset) == Self.entryMark
      else { throw error("its directory is not whole") }
      let entry = try readEntry(at: offset, before: directory.range.lowerBound)
      guard files.updateValue(entry.data, forKey: entry.name) == nil else {
        throw error("\(entry.name) stands in it twice")
      }
      headers.append(entry.header..<entry.data.upperBound)
      offset = entry.end
    }
    headers.sort { $0.lowerBound < $1.lowerBound }
    for (left, right) in zip(headers, headers.dropFirst()) where left.upperBound > right.lowerBound
    {
      throw error("entries overlap")
    }
  }

  subscript(file: String) -> Bytes? { files[file].map { bytes[$0] } }

  private static let entryMark: UInt32 = 0x0201_4b50
  private static let headerMark: UInt32 = 0x0403_4b50
  private static let endMark: UInt32 = 0x0605_4b50
  private static let end64Mark: UInt32 = 0x0606_4b50
  private static let locator64Mark: UInt32 = 0x0706_4b50

  /// Where the central directory lies, and how many entries it has.
  private func directory() throws -> (range: Range<Int>, count: Int) {
    let end = try endRecord()
    var count = UInt64(try read(UInt16.self, at: end + 10))
    var size = UInt64(try read(UInt32.self, at: end + 12))
    var start = UInt64(try read(UInt32.self, at: end + 16))
    var limit = end
    if bytes.littleEndian(at: end - 20) == Self.locator64Mark {
      let place = try read(UInt64.self, at: end - 12)
      guard let end64 = Int(exactly: place), end64 <= end - 76,
        bytes.littleEndian(at: end64) == Self.end64Mark
      else { throw error("its 64-bit directory is not there") }
      count = try read(UInt64.self, at: end64 + 32)
      size = try read(UInt64.self, at: end64 + 40)
      start = try read(UInt64.self, at: end64 + 48)
      limit = end64
    }
    guard start <= UInt64(limit), size <= UInt64(limit) - start, count <= size / 46 else {
      throw error("its directory does not lie within the file")
    }
    return (Int(start)..<Int(start + size), Int(count))
  }

  /// The end record stands last, before a comment of at most 65,535 bytes.
  private func endRecord() throws -> Int {
    var place = bytes.count - 22
    let lowest = max(0, place - 0xffff)
    while place >= lowest {
      if bytes.littleEndian(at: place) == Self.endMark,
        try read(UInt16.self, at: place + 20) == bytes.count - place - 22
      {
        return place
      }
      place -= 1
    }
    throw TributaryError(
      "checkpoint.truncated", "\(name): a ZIP archive without its end",
      advice: "fetch or copy the file again")
  }

  private func readEntry(
    at offset: Int, before directoryStart: Int
  ) throws -> (name: String, header: Int, data: Range<Int>, end: Int) {
    let flags = try read(UInt16.self, at: offset + 8)
    let method = try read(UInt16.self, at: offset + 10)
    let nameLength = Int(try read(UInt16.self, at: offset + 28))
    let extraLength = Int(try read(UInt16.self, at: offset + 30))
    let commentLength = Int(try read(UInt16.self, at: offset + 32))
    let end = offset + 46 + nameLength + extraLength + commentLength
    guard end <= bytes.count else { throw error("its directory is not whole") }
    let rawName = bytes[(offset + 46)..<(offset + 46 + nameLength)]
    let name = rawName.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    guard flags & 1 == 0 else { throw error("\(name) is encrypted") }
    var fields: [UInt64] = [
      UInt64(try read(UInt32.self, at: offset + 24)),
      UInt64(try read(UInt32.self, at: offset + 20)),
      UInt64(try read(UInt32.self, at: offset + 42)),
    ]
    try widen(&fields, from: offset + 46 + nameLength, length: extraLength)
    guard method == 0, fields[0] == fields[1] else {
      throw error("\(name) is compressed, which no checkpoint of PyTorch's is")
    }
    guard let size = Int(exactly: fields[0]), let header = Int(exactly: fields[2]),
      header <= directoryStart - 30, bytes.littleEndian(at: header) == Self.headerMark
    else { throw error("\(name) does not lie within the file") }
    let localLength = Int(try read(UInt16.self, at: header + 26))
    let start = header + 30 + localLength + Int(try read(UInt16.self, at: header + 28))
    guard start <= directoryStart, size <= directoryStart - start else {
      throw error("\(name) does not lie within the file")
    }
    guard bytes[(header + 30)..<(header + 30 + localLength)] == rawName else {
      throw error("\(name) has another name in its own header")
    }
    return (name, header, start..<(start + size), end)
  }

  /// Sizes and offset that do not fit into 32 bits stand in an extra field, in this order.
  private func widen(_ fields: inout [UInt64], from start: Int, length: Int) throws {
    var place = start
    while place + 4 <= start + length {
      let kind = try read(UInt16.self, at: place)
      let end = place + 4 + Int(try read(UInt16.self, at: place + 2))
      guard end <= start + length else { throw error("an extra field is not whole") }
      if kind == 1 {
        var value = place + 4
        for index in fields.indices where fields[index] == 0xffff_ffff {
          guard value + 8 <= end else { throw error("an extra field is not whole") }
          fields[index] = try read(UInt64.self, at: value)
          value += 8
        }
      }
      place = end
    }
  }

  private func read<Value: FixedWidthInteger & BitwiseCopyable>(
    _: Value.Type, at offset: Int
  ) throws -> Value {
    guard let value = bytes.littleEndian(at: offset, as: Value.self) else {
      throw error("its directory is not whole")
    }
    return value
  }

  private func error(_ what: String) -> TributaryError {
    TributaryError(
      "checkpoint.zip", "\(name): no archive that PyTorch writes: \(what)",
      advice: "fetch the file again, or save it anew in PyTorch")
  }
}
