internal import Glibc
public import TributaryCore

/// Named tensors as a file or a folder holds them, whatever its format.
///
/// Read are safetensors and PyTorch's checkpoints (`.pth`, `.pt`, `.bin`, `.th`), each in one file or in shards
/// with an index. The format is told by the content. Files are mapped, tensors share the mappings, and
/// nothing in a file is ever run: a pickle that wants more than tensors and containers is refused.
public struct Weights: Sendable {
  public enum Format: String, Sendable {
    case safetensors
    case pytorch
    /// Before PyTorch 1.6.
    case legacyPyTorch = "pytorch-legacy"
  }

  /// The file, or the index of a sharded checkpoint.
  public let path: String
  /// Every file with tensors in it, in order.
  public let files: [String]
  public let format: Format
  public internal(set) var tensors: ParameterTree<HostTensor>
  /// What a safetensors file says about itself.
  public let metadata: [String: String]
  /// How the tensors were found, for a person: `took "state_dict", left out epoch`.
  public internal(set) var notes: [String]

  /// - Parameters:
  ///   - path: a file, an index, or a folder with one of `fileNames`.
  ///   - requireFinite: whether NaN or infinity in a floating-point tensor is an error, too.
  /// - Throws: `file.missing`, `file.open`, `checkpoint.*`, each naming the file and what is wrong with it.
  public init(path: String, requireFinite: Bool = false) throws {
    let file = try Self.locate(path)
    self.path = file
    var part: Part
    if file.hasSuffix(".index.json") {
      let index = try ShardIndex(FileMapping.bytes(of: file), name: file)
      let folder = DurableFile.parent(of: file)
      files = index.files.map { "\(folder)/\($0)" }
      var last: Part?
      let tensors = try index.join(name: file) { shard in
        let part = try Part(path: "\(folder)/\(shard)")
        last = part
        return part.tensors
      }
      part = last ?? Part(format: .safetensors)
      part.tensors = tensors
    } else {
      files = [file]
      part = try Part(path: file)
    }
    part.unwrap()
    if requireFinite { try part.tensors.requireFinite(in: file) }
    (format, tensors, metadata, notes) = (part.format, part.tensors, part.metadata, part.notes)
  }

  /// What a folder's weights are called; the first that is there is read.
  public static let fileNames = [
    "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
    "pytorch_model.bin.index.json",
  ]

  /// The files beside an index that it names.
  ///
  /// - Throws: `file.open`, `json.syntax`, `checkpoint.index`.
  public static func shards(of index: String) throws -> [String] {
    try ShardIndex(FileMapping.bytes(of: index), name: index).files
  }

  /// The file that `path` means.
  ///
  /// - Throws: `file.missing`.
  public static func locate(_ path: String) throws -> String {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw TributaryError("file.missing", "\(path) is not there")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return path }
    for name in fileNames where DurableFile.exists("\(path)/\(name)") { return "\(path)/\(name)" }
    throw TributaryError(
      "file.missing", "\(path) holds no weights",
      advice: "looked for \(fileNames.joined(separator: ", "))")
  }

  /// One file's content.
  struct Part {
    var format: Format
    var tensors: ParameterTree<HostTensor> = [:]
    var metadata: [String: String] = [:]
    var notes: [String] = []

    init(format: Format) { self.format = format }

    init(path: String) throws { try self.init(FileMapping.bytes(of: path), name: path) }

    init(_ bytes: Bytes, name: String) throws {
      if TorchArchive.begins(bytes) || TorchStream.begins(bytes), !SafetensorsHeader.begins(bytes) {
        let file = try TorchFile(bytes, name: name)
        format = TorchArchive.begins(bytes) ? .pytorch : .legacyPyTorch
        (tensors, notes) = (file.tensors, file.notes)
      } else {
        let file = try SafetensorsFile(bytes: bytes, name: name)
        format = .safetensors
        (tensors, metadata) = (file.tensors, file.metadata)
      }
    }

    /// Takes off what DataParallel puts in front of every name.
    mutating func unwrap() {
      let prefix = "module."
      guard !tensors.isEmpty,
        tensors.names.allSatisfy({ $0.hasPrefix(prefix) && $0.utf8.count > prefix.utf8.count })
      else { return }
      tensors = ParameterTree(tensors.map { ($0.0.dropFirst(prefix.count).description, $0.1) })
      notes.append("took \"\(prefix)\" off every name")
    }
  }
}
