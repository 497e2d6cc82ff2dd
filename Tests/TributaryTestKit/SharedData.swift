import Foundation

/// Real data that is too large for the repository: `TRIBUTARY_SHARED`, or `shared` beside the checkout.
public enum SharedData {
  /// The folder, or nil where this machine has none.
  public static let root: String? = {
    let environment = ProcessInfo.processInfo.environment["TRIBUTARY_SHARED"]
    // Symbolic links resolved: a build folder may see the sources through one.
    let here = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    let checkout = here.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let beside = checkout.deletingLastPathComponent().appendingPathComponent("shared").path
    return [environment, beside].compactMap { $0 }.first {
      FileManager.default.fileExists(atPath: $0 + "/data")
    }
  }()

  /// Whether this machine has the folder; for `.enabled(if:)`.
  public static var isAvailable: Bool { root != nil }

  /// The path of a file under `data/`, such as `mnist/t10k-images-idx3-ubyte.gz`; nil, with a line on
  /// standard error, where it is not there.
  public static func path(_ name: String) -> String? {
    if let root, FileManager.default.fileExists(atPath: "\(root)/data/\(name)") {
      return "\(root)/data/\(name)"
    }
    let message = "skipped: no shared data \(name) (set TRIBUTARY_SHARED)\n"
    FileHandle.standardError.write(Data(message.utf8))
    return nil
  }

  /// Whether a file under `data/` is there; for `.enabled(if:)`.
  public static func has(_ name: String) -> Bool { path(name) != nil }
}
