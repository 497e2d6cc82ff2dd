import Foundation
import TributaryCore

/// Where the weights are that a path on the command line means.
enum WeightsPath {
  /// A folder's `model.safetensors`, a run directory's model, or the file itself.
  static func resolve(_ path: String) throws -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw TributaryError("model.missing", "\(path): no such file or folder")
    }
    guard isFolder.boolValue else { return path }
    let candidates = [path + "/model.safetensors", path + "/model/model.safetensors"]
    guard let found = candidates.first(where: FileManager.default.fileExists(atPath:)) else {
      throw TributaryError(
        "model.missing", "\(path) holds no model.safetensors",
        advice: "name a model folder, a run's directory or a weights file")
    }
    return found
  }

  static func digest(of file: String) throws -> Digest {
    let data = try Data(contentsOf: URL(fileURLWithPath: file), options: .alwaysMapped)
    var hasher = Digest.Hasher()
    data.withUnsafeBytes { hasher.update($0) }
    return hasher.finalize()
  }
}
