internal import TributaryCore

/// `model.safetensors.index.json` or `pytorch_model.bin.index.json`: which file holds which tensor.
struct ShardIndex {
  /// File names beside the index, in order.
  let files: [String]
  /// The file of each tensor.
  let fileOfTensor: [String: String]

  /// - Throws: `json.syntax`, `checkpoint.index`.
  init(_ bytes: Bytes, name: String) throws {
    guard bytes.count <= SafetensorsHeader.maximumHeaderBytes,
      let map = try JSON(parsing: bytes, name: name)["weight_map"]?.object, !map.isEmpty
    else { throw Self.error("\(name): no weight_map") }
    var files: [String: String] = [:]
    for (tensor, value) in map {
      guard let file = value.string, Self.isPlain(file) else {
        throw Self.error("\(name): \(tensor.prefix(80)) is in no file beside the index")
      }
      files[tensor] = file
    }
    fileOfTensor = files
    self.files = Set(files.values).sorted()
  }

  /// Joins the shards' tensors: exactly those of the index, each from the file it names.
  func join(
    name: String, read: (String) throws -> ParameterTree<HostTensor>
  ) throws -> ParameterTree<HostTensor> {
    var joined: [(String, HostTensor)] = []
    for file in files {
      for (tensor, value) in try read(file) {
        guard fileOfTensor[tensor] == file else {
          throw Self.error("\(file) has \(tensor.prefix(80)), which \(name) does not say")
        }
        joined.append((tensor, value))
      }
    }
    guard joined.count == fileOfTensor.count else {
      let found = Set(joined.map(\.0))
      let missing = fileOfTensor.keys.filter { !found.contains($0) }.min() ?? ""
      throw Self.error(
        "\(name): \(fileOfTensor[missing] ?? "") does not have \(missing.prefix(80))")
    }
    return ParameterTree(joined)
  }

  private static func isPlain(_ file: String) -> Bool {
    !file.isEmpty && !file.hasPrefix(".") && !file.contains("/") && !file.contains("\0")
      && !file.hasSuffix(".index.json")
  }

  private static func error(_ what: String) -> TributaryError {
    TributaryError("checkpoint.index", what, advice: "fetch index and shards again")
  }
}
