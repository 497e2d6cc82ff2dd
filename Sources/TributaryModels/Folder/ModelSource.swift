internal import Foundation
internal import TributaryCore
internal import TributaryStorage

/// Where a model is loaded from: its weights and the files beside them.
struct ModelSource {
  let checkpoint: Checkpoint
  let assets: [String: Bytes]

  /// The weights with the file's name, for errors.
  struct Checkpoint {
    let file: String
    let tensors: ParameterTree<HostTensor>
  }

  /// - Throws: `file.missing` and what reading a safetensors file throws.
  init(path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw TributaryError("file.missing", "\(path) is not there", advice: "check backbone.path")
    }
    let file = isFolder.boolValue ? try Self.weights(in: path) : path
    guard !file.hasSuffix(".th"), !file.hasSuffix(".pth"), !file.hasSuffix(".bin") else {
      throw TributaryError(
        "checkpoint.format", "\(file) is a pickled PyTorch checkpoint",
        advice: "convert it to safetensors")
    }
    checkpoint = Checkpoint(
      file: file, tensors: try SafetensorsFile(path: file, requireFinite: true).tensors)
    // A folder's weights named directly are still that folder's; any other file stands alone.
    let isOwn = (file as NSString).lastPathComponent == ModelFolder.weightsName
    let folder = (file as NSString).deletingLastPathComponent
    assets = isOwn ? try ModelFolder.assets(in: folder.isEmpty ? "." : folder) : [:]
  }

  /// What `config.json` says; nil where there is none.
  func configuration() throws -> ModelConfiguration? {
    try assets["config.json"].map { try ModelConfiguration(folderConfiguration: $0) }
  }

  /// The shape of a tensor, with or without DataParallel's prefix.
  func shape(of name: String) -> Shape? {
    (checkpoint.tensors[name] ?? checkpoint.tensors["module.\(name)"])?.shape
  }

  private static func weights(in folder: String) throws -> String {
    let manager = FileManager.default
    let file = "\(folder)/\(ModelFolder.weightsName)"
    if manager.fileExists(atPath: file) { return file }
    let others = ["model.safetensors.index.json", "pytorch_model.bin"]
    let found = others.first { manager.fileExists(atPath: "\(folder)/\($0)") }
    throw TributaryError(
      "file.missing",
      "\(folder) has no \(ModelFolder.weightsName)" + (found.map { ", only \($0)" } ?? ""),
      advice: "a model folder holds its weights in one \(ModelFolder.weightsName)")
  }
}
