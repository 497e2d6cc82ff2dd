import Foundation

/// A headless Chromium, where this machine has one.
enum Browser {
  /// nil, with a line on standard error, where it has none.
  static let path: String? = {
    let found = ["chromium", "chromium-headless-shell", "chromium-browser", "google-chrome"]
      .map { "/usr/bin/\($0)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    if found == nil {
      FileHandle.standardError.write(
        Data("skipped: no Chromium (apt-get install chromium-headless-shell)\n".utf8))
    }
    return found
  }()
}
