internal import Foundation
internal import TributaryCore
internal import TributaryStorage

/// A folder that a shard may take.
struct ShardFolder {
  let path: String

  /// Replaces the folder's contents as one step.
  func replace(with files: [(name: String, bytes: Bytes)]) throws {
    let manager = FileManager.default
    if manager.fileExists(atPath: path), !Shard.isShard(path),
      (try? manager.contentsOfDirectory(atPath: path))?.isEmpty != true
    {
      throw TributaryError(
        "data.shard", "\(path): is there already and is no shard", advice: "choose another folder")
    }
    try DurableFile.replaceFolder(path, with: files)
  }
}
