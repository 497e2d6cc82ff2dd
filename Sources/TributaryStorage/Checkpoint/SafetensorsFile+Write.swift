public import TributaryCore

extension SafetensorsFile {
  /// The file's bytes: the same for the same tensors, and the same as the Python package writes.
  ///
  /// Tensors stand by falling alignment of their type, then by name; the header is padded with spaces to
  /// a multiple of 8 bytes.
  public static func encode(
    _ tensors: ParameterTree<HostTensor>, metadata: [String: String] = ["format": "pt"]
  ) -> Bytes {
    let entries = entries(of: tensors, dtype: nil)
    let header = header(of: entries, metadata: metadata)
    let size = entries.reduce(header.count) { $0 + $1.byteCount }
    return Bytes(count: size) { buffer in
      buffer.copyBytes(from: header)
      var offset = header.count
      for entry in entries {
        entry.tensor.bytes.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: buffer[offset...]).copyMemory(from: source)
        }
        offset += entry.byteCount
      }
    }
  }

  /// Writes the file whole or not at all, and returns its SHA-256. Only one tensor at a time is in memory
  /// besides those given.
  ///
  /// - Parameter dtype: what floating-point tensors become; nil: they stay what they are.
  /// - Throws: `file.full`, `file.write`; `tensor.range` where a value is beyond the type's range.
  @discardableResult
  public static func write(
    _ tensors: ParameterTree<HostTensor>, to path: String, as dtype: DType? = nil,
    metadata: [String: String] = ["format": "pt"]
  ) throws -> Digest {
    let entries = entries(of: tensors, dtype: dtype)
    var hasher = Digest.Hasher()
    try DurableFile.write(to: path) { append in
      let header = Bytes(copying: header(of: entries, metadata: metadata))
      hasher.update(header)
      try append(header)
      for entry in entries {
        let bytes = try entry.tensor.cast(to: entry.dtype, name: entry.name).bytes
        hasher.update(bytes)
        try append(bytes)
      }
    }
    return hasher.finalize()
  }

  /// A tensor with the type it is written as.
  private struct Entry {
    var name: String
    var tensor: HostTensor
    var dtype: DType
    var byteCount: Int { tensor.shape.elementCount * dtype.byteCount }
  }

  private static func entries(
    of tensors: ParameterTree<HostTensor>, dtype: DType?
  ) -> [Entry] {
    tensors.map { name, tensor in
      Entry(
        name: name, tensor: tensor,
        dtype: tensor.dtype.isFloatingPoint ? dtype ?? tensor.dtype : tensor.dtype)
    }.values.sorted { left, right in
      let (a, b) = (order(of: left.dtype), order(of: right.dtype))
      return a != b ? a > b : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
  }

  /// Length and JSON.
  private static func header(of tensors: [Entry], metadata: [String: String]) -> [UInt8] {
    var entries: [(name: String, value: JSON)] = []
    if !metadata.isEmpty {
      let sorted = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      entries.append(("__metadata__", .object(sorted.map { ($0.key, .string($0.value)) })))
    }
    var offset = 0
    for entry in tensors {
      let end = offset + entry.byteCount
      entries.append(
        (
          entry.name,
          .object([
            ("dtype", .string(entry.dtype.rawValue)),
            ("shape", .array(entry.tensor.shape.map { .integer($0) })),
            ("data_offsets", .array([.integer(offset), .integer(end)])),
          ])
        ))
      offset = end
    }
    var text = Array(JSON.object(entries).text.utf8)
    text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
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
