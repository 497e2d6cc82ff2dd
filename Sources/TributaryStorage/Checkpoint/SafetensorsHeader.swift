internal import TributaryCore

/// The header of a safetensors file, checked against the file's size.
struct SafetensorsHeader {
  struct Entry {
    var name: String
    var dtype: DType
    var shape: Shape
    /// In the data behind the header.
    var range: Range<Int>
  }

  /// In the order of their bytes.
  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]
  private(set) var dataStart = 0
  private let file: String

  /// As in the reference implementation.
  static let maximumHeaderBytes = 100_000_000

  /// Whether the bytes begin as a header does: a length, then a brace.
  static func begins(_ bytes: Bytes) -> Bool {
    bytes.littleEndian(at: 8) == UInt8(ascii: "{")
      && (bytes.littleEndian(at: 0) ?? UInt64.max) <= UInt64(maximumHeaderBytes)
  }

  init(reading bytes: Bytes, name: String) throws {
    file = name
    guard bytes.count >= 8 else { throw error("truncated", "\(bytes.count) bytes are no header") }
    let length = bytes[0..<8].array(of: UInt64.self)[0].littleEndian
    guard length <= UInt64(Self.maximumHeaderBytes) else {
      throw error("header", "a header of \(length) bytes is more than 100 MB")
    }
    dataStart = 8 + Int(length)
    guard dataStart <= bytes.count else {
      throw error(
        "truncated", "the header says \(length) bytes, the file has \(bytes.count - 8) behind it")
    }
    let json = try JSON(parsing: bytes[8..<dataStart], name: name)
    guard let object = json.object else { throw error("header", "the header is no JSON object") }
    for (name, value) in object {
      if name == "__metadata__" {
        metadata = try readMetadata(value)
      } else {
        entries.append(try readEntry(name, value))
      }
    }
    entries.sort { left, right in
      (left.range.lowerBound, left.range.upperBound)
        < (right.range.lowerBound, right.range.upperBound)
    }
    try checkCoverage(of: bytes.count - dataStart)
  }

  /// The tensors' ranges must follow each other and fill the data exactly.
  private func checkCoverage(of size: Int) throws {
    var end = 0
    for entry in entries {
      let start = entry.range.lowerBound
      if start < end { throw error("overlap", "\(entry.name) overlaps the tensor before it") }
      if start > end {
        throw error("gap", "\(start - end) bytes before \(entry.name) belong to no tensor")
      }
      end = entry.range.upperBound
    }
    if end > size { throw error("truncated", "the tensors take \(end) bytes, \(size) are there") }
    if end < size { throw error("oversized", "\(size - end) bytes follow the last tensor") }
  }

  private func readMetadata(_ value: JSON) throws -> [String: String] {
    guard let object = value.object else { throw error("header", "__metadata__ is no object") }
    var metadata: [String: String] = [:]
    for (name, value) in object {
      guard let text = value.string else { throw error("header", "metadata \(name) is no string") }
      metadata[name] = text
    }
    return metadata
  }

  private func readEntry(_ name: String, _ value: JSON) throws -> Entry {
    guard let spelling = value["dtype"]?.string else { throw error("header", "\(name): no dtype") }
    guard let dtype = DType(rawValue: spelling) else {
      throw error("dtype", "\(name): type \(spelling) is not known")
    }
    let extents = value["shape"]?.array?.map(\.integer)
    guard let extents, !extents.contains(nil) else { throw error("header", "\(name): no shape") }
    let shape = Shape(extents.compactMap { $0 })
    let offsets = value["data_offsets"]?.array?.compactMap(\.integer) ?? []
    guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1] else {
      throw error("header", "\(name): no data_offsets")
    }
    guard let count = shape.checkedElementCount,
      case let (size, overflow) = count.multipliedReportingOverflow(by: dtype.byteCount),
      !overflow, size == offsets[1] - offsets[0]
    else {
      throw error(
        "size",
        "\(name): \(spelling) of shape \(shape) cannot take \(offsets[1] - offsets[0]) bytes"
      )
    }
    return Entry(name: name, dtype: dtype, shape: shape, range: offsets[0]..<offsets[1])
  }

  private func error(_ code: String, _ what: String) -> TributaryError {
    TributaryError(
      "checkpoint.\(code)", "\(file): not a whole safetensors file: \(what)",
      advice: "fetch or copy the file again")
  }
}
