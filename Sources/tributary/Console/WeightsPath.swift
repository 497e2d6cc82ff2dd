import Foundation
import TributaryCore
import TributaryStorage

/// Where the weights are that a path on the command line means.
enum WeightsPath {
  /// A folder's weights or their index, a run directory's model's, a pulled model's, or the file itself.
  static func resolve(_ path: String) throws -> String {
    let path = try ModelPath.resolve(path)
    guard DurableFile.exists(path) else {
      throw TributaryError("model.missing", "\(path): no such file or folder")
    }
    if let found = try? Weights.locate(path) { return found }
    guard let found = try? Weights.locate("\(path)/model") else {
      throw TributaryError(
        "model.missing", "\(path) holds no weights",
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
