import Foundation
import TributaryHub

/// What stands where a model's path may stand.
enum ModelPath {
  /// `hub:OWNER/NAME` becomes its folder in the hub's cache; anything else is a path already.
  static func resolve(_ path: String) throws -> String {
    guard let reference = try HubReference(path) else { return path }
    return try reference.folder(HubSettings(environment: ProcessInfo.processInfo.environment))
  }
}
