import Foundation
import TributaryTransport

/// A key folder that goes when it is released.
final class TemporaryKeys: Sendable {
  let path = FileManager.default.temporaryDirectory.path + "/keys-" + UUID().uuidString
  var keys: KeyFolder { KeyFolder(path) }

  init(workers: [String]) throws { try keys.generate(workers: workers) }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func worker(_ name: String) throws -> WorkerSecurity {
    try KeyFolder(keys.workerFolder(name)).workerSecurity()
  }
}
