internal import TributaryCore

/// An IDX file (MNIST's format): 2 zero bytes, the element type, the number of dimensions, each
/// dimension as a big-endian 32-bit integer, then the elements, big-endian.
struct IDXFile {
  enum Element: UInt8 {
    case uint8 = 0x08
    case int8 = 0x09
    case int16 = 0x0b
    case int32 = 0x0c

    var byteCount: Int {
      switch self {
      case .uint8, .int8: 1
      case .int16: 2
      case .int32: 4
      }
    }
  }

  let element: Element
  let shape: Shape
  let bytes: Bytes

  static func read(_ path: String) throws -> IDXFile {
    let file = try InputFile(path)
    guard let magic = try file.read(count: 4)?.array(of: UInt8.self) else {
      throw failure(path, try InputFile(path).isAtEnd() ? "the file is empty" : "truncated header")
    }
    guard magic[0] == 0, magic[1] == 0 else {
      throw failure(path, "wrong magic number, not an IDX file")
    }
    guard let element = Element(rawValue: magic[2]) else {
      throw failure(path, "IDX element type 0x\(String(magic[2], radix: 16)) is not supported")
    }
    guard (1...8).contains(magic[3]), let sizes = try file.read(count: 4 * Int(magic[3])) else {
      throw failure(path, "truncated or impossible IDX header")
    }
    let shape = Shape(sizes.array(of: UInt32.self).map { Int(UInt32(bigEndian: $0)) })
    guard let count = shape.checkedElementCount,
      case let (size, overflow) = count.multipliedReportingOverflow(by: element.byteCount),
      !overflow
    else { throw failure(path, "impossible shape \(shape)") }
    guard let bytes = try file.read(count: size) else {
      throw failure(path, "truncated: the header promises \(shape), the file ends before")
    }
    guard try file.isAtEnd() else {
      throw failure(path, "has more bytes than its header's shape \(shape) takes")
    }
    return IDXFile(element: element, shape: shape, bytes: bytes)
  }

  /// The file's bytes for elements that are already big-endian.
  func encoded() -> Bytes {
    var header: [UInt8] = [0, 0, element.rawValue, UInt8(shape.rank)]
    for extent in shape {
      let size = UInt32(extent)
      header += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
    }
    return Bytes(count: header.count + bytes.count) { target in
      target.copyBytes(from: header)
      bytes.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(rebasing: target[header.count...]).copyMemory(from: source)
      }
    }
  }

  /// The elements as integers.
  var integers: [Int] {
    switch element {
    case .uint8: bytes.array(of: UInt8.self).map { Int($0) }
    case .int8: bytes.array(of: Int8.self).map { Int($0) }
    case .int16: bytes.array(of: Int16.self).map { Int(Int16(bigEndian: $0)) }
    case .int32: bytes.array(of: Int32.self).map { Int(Int32(bigEndian: $0)) }
    }
  }

  static func failure(_ path: String, _ reason: String) -> TributaryError {
    TributaryError("data.idx", "\(path): \(reason)")
  }
}
