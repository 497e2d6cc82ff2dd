internal import Foundation
internal import TributaryCore
internal import TributaryStorage

/// Where a model is loaded from: its weights and the files beside them.
struct ModelSource {
  private(set) var checkpoint: Checkpoint
  let assets: [String: Bytes]

  /// The weights with the file's name, for errors.
  struct Checkpoint {
    let file: String
    let tensors: ParameterTree<HostTensor>
  }

  /// - Throws: `file.missing` and what reading weights throws.
  init(path: String, requireFinite: Bool = true) throws {
    guard DurableFile.exists(path) else {
      throw TributaryError("file.missing", "\(path) is not there", advice: "check backbone.path")
    }
    let weights = try Weights(path: path, requireFinite: requireFinite).dequantized()
    let file = weights.path as NSString
    checkpoint = Checkpoint(file: weights.path, tensors: weights.tensors)
    // A folder's weights named directly are still that folder's; any other file stands alone.
    let isOwn = Weights.fileNames.contains(file.lastPathComponent)
    let folder = file.deletingLastPathComponent
    assets = isOwn ? try ModelFolder.assets(in: folder.isEmpty ? "." : folder) : [:]
  }

  /// Gives the tensors the names and the order of colours that the architecture here has.
  ///
  /// - Returns: the dialect that they were in; nil: they had our names.
  mutating func translate(for architecture: Architecture) throws -> CheckpointDialect? {
    guard let dialect = architecture.dialect(of: self) else { return nil }
    checkpoint = try dialect.translate(
      checkpoint, firstConvolution: architecture.firstConvolution)
    return dialect
  }

  /// What `config.json` says; nil where there is none.
  func configuration() throws -> ModelConfiguration? {
    try assets["config.json"].map { try ModelConfiguration(folderConfiguration: $0) }
  }

  /// The shape of a tensor, with or without DataParallel's prefix.
  func shape(of name: String) -> Shape? {
    (checkpoint.tensors[name] ?? checkpoint.tensors["module.\(name)"])?.shape
  }
}
