public import TributaryCore

extension SafetensorsFile {
  /// The file's bytes: the same for the same tensors, and the same as the Python package writes.
  ///
  /// Tensors stand by falling alignment of their type, then by name; the header is padded with spaces to
  /// a multiple of 8 bytes.
  public static func encode(
    _ tensors: ParameterTree<HostTensor>, metadata: [String: String] = ["format": "pt"]
  ) -> Bytes {
    let ordered = zip(tensors.names, tensors.values).sorted { left, right in
      let (a, b) = (order(of: left.1.dtype), order(of: right.1.dtype))
      return a != b ? a > b : left.0.utf8.lexicographicallyPrecedes(right.0.utf8)
    }
    let header = header(of: ordered, metadata: metadata)
    let size = ordered.reduce(8 + header.count) { $0 + $1.1.bytes.count }
    return Bytes(count: size) { buffer in
      buffer.storeBytes(of: UInt64(header.count).littleEndian, as: UInt64.self)
      UnsafeMutableRawBufferPointer(rebasing: buffer[8...]).copyBytes(from: header)
      var offset = 8 + header.count
      for (_, tensor) in ordered {
        tensor.bytes.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: buffer[offset...]).copyMemory(from: source)
        }
        offset += tensor.bytes.count
      }
    }
  }

  /// Writes the file whole or not at all, and returns its SHA-256.
  ///
  /// - Throws: `file.full`, `file.write`.
  @discardableResult
  public static func write(
    _ tensors: ParameterTree<HostTensor>, to path: String,
    metadata: [String: String] = ["format": "pt"]
  ) throws -> Digest {
    let bytes = encode(tensors, metadata: metadata)
    try DurableFile.write(bytes, to: path)
    return Digest(of: bytes)
  }

  private static func header(
    of tensors: [(String, HostTensor)], metadata: [String: String]
  ) -> [UInt8] {
    var entries: [(name: String, value: JSON)] = []
    if !metadata.isEmpty {
      let sorted = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      entries.append(("__metadata__", .object(sorted.map { ($0.key, .string($0.value)) })))
    }
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + tensor.bytes.count
      entries.append(
        (
          name,
          .object([
            ("dtype", .string(tensor.dtype.rawValue)),
            ("shape", .array(tensor.shape.map { .integer($0) })),
            ("data_offsets", .array([.integer(offset), .integer(end)])),
          ])
        ))
      offset = end
    }
    let text = Array(JSON.object(entries).text.utf8)
    return text + [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
  }

  /// The rank of a type in the reference implementation's enumeration.
  private static func order(of dtype: DType) -> Int {
    let ranks: [DType] = [
      .bool, .uint8, .int8, .int16, .uint16, .float16, .bfloat16, .int32, .uint32, .float32,
      .float64, .int64, .uint64,
    ]
    return ranks.firstIndex(of: dtype) ?? ranks.count
  }
}
