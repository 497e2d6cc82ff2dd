import Foundation

/// Files under a test module's `Golden` folder.
public enum Golden {
  /// The path of `name` in the `Golden` folder beside or above the calling file.
  public static func path(_ name: String, from file: String = #filePath) -> String {
    var folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appendingPathComponent("Golden/\(name)").path
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
      folder.deleteLastPathComponent()
    }
    return "Golden/\(name)"
  }

  /// The path of `name` in the `Golden` folder of another test module.
  public static func path(
    _ name: String, in module: String, from file: String = #filePath
  ) -> String {
    var folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    while folder.lastPathComponent != "Tests", folder.path != "/" {
      folder.deleteLastPathComponent()
    }
    return "\(folder.path)/\(module)/Golden/\(name)"
  }
}

/// A folder that is removed when the last reference goes.
public final class TemporaryFolder {
  public let path: String

  public init() {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "tributary-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  public func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }
}
