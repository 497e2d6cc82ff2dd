public import TributaryCore

/// A checkpoint as a folder's `model.safetensors`, or in shards with an index, as Hugging Face names them.
public enum SafetensorsShards {
  /// A file that was written.
  public struct Written: Sendable {
    public var name: String
    public var digest: Digest
  }

  /// Writes tensors in order of name, a new file begun where the next would make one too large.
  ///
  /// One file is `model.safetensors`. Several are `model-00001-of-00003.safetensors` and so on, and
  /// `model.safetensors.index.json`, written last, says which tensor is where.
  ///
  /// - Parameters:
  ///   - maximumBytes: of a file's tensors; a larger tensor has a file of its own. nil: no limit.
  ///   - dtype: what floating-point tensors become; nil: they stay what they are.
  /// - Throws: `file.full`, `file.write`, `tensor.range`.
  public static func write(
    _ tensors: ParameterTree<HostTensor>, to folder: String, maximumBytes: Int? = nil,
    as dtype: DType? = nil
  ) throws -> [Written] {
    func size(_ tensor: HostTensor) -> Int {
      let written = tensor.dtype.isFloatingPoint ? dtype ?? tensor.dtype : tensor.dtype
      return tensor.shape.elementCount * written.byteCount
    }
    var shards: [[(String, HostTensor)]] = []
    var room = 0
    for (name, tensor) in tensors {
      let bytes = size(tensor)
      if shards.isEmpty || bytes > room {
        shards.append([])
        room = maximumBytes ?? Int.max
      }
      shards[shards.count - 1].append((name, tensor))
      room = bytes > room ? 0 : room - bytes
    }
    guard shards.count > 1 else {
      let name = "model.safetensors"
      let digest = try SafetensorsFile.write(tensors, to: "\(folder)/\(name)", as: dtype)
      return [Written(name: name, digest: digest)]
    }
    var written: [Written] = []
    var map: [(name: String, value: JSON)] = []
    for (index, shard) in shards.enumerated() {
      let name = "model-\(digits(index + 1))-of-\(digits(shards.count)).safetensors"
      let digest = try SafetensorsFile.write(
        ParameterTree(shard), to: "\(folder)/\(name)", as: dtype)
      written.append(Written(name: name, digest: digest))
      map += shard.map { ($0.0, .string(name)) }
    }
    let total = tensors.values.reduce(0) { $0 + size($1) }
    let index = JSON.object([
      ("metadata", .object([("total_size", .integer(total))])), ("weight_map", .object(map)),
    ])
    let bytes = Bytes(copying: Array(index.indentedText.utf8))
    let name = "model.safetensors.index.json"
    try DurableFile.write(bytes, to: "\(folder)/\(name)")
    return written + [Written(name: name, digest: Digest(of: bytes))]
  }

  private static func digits(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 5 - text.count)) + text
  }
}
