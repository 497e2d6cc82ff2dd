public import TributaryCore

/// A checkpoint in the safetensors format: named tensors and a little metadata, nothing executable.
///
/// Layout: 8 bytes header length (little-endian), that many bytes of JSON, then the tensors' bytes
/// without gaps. Reading maps the file and copies nothing; every tensor shares the mapping. A file
/// that is not exactly what its header says is refused.
public struct SafetensorsFile: Sendable {
  public let tensors: ParameterTree<HostTensor>
  public let metadata: [String: String]

  /// - Parameter requireFinite: whether NaN or infinity in a floating-point tensor is an error, too.
  /// - Throws: `file.open`, `checkpoint.*`, each naming the file and what is wrong with it.
  public init(path: String, requireFinite: Bool = false) throws {
    try self.init(
      bytes: FileMapping.bytes(of: path), name: path, requireFinite: requireFinite)
  }

  /// - Parameter name: what errors call these bytes.
  public init(bytes: Bytes, name: String, requireFinite: Bool = false) throws {
    let header = try SafetensorsHeader(reading: bytes, name: name)
    let data = bytes[header.dataStart..<bytes.count]
    var pairs: [(String, HostTensor)] = []
    for entry in header.entries {
      let tensor = try HostTensor(
        dtype: entry.dtype, shape: entry.shape, bytes: data[entry.range])
      pairs.append((entry.name, tensor))
    }
    tensors = ParameterTree(pairs)
    if requireFinite { try tensors.requireFinite(in: name) }
    metadata = header.metadata
  }
}
