import Foundation
import Logging

/// Log lines for a person, on stderr: the message, a mark where something is wrong, no clock.
struct ConsoleLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .notice

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let mark = event.level >= .warning ? "\(event.level): " : ""
    try? FileHandle.standardError.write(contentsOf: Data("\(mark)\(event.message)\n".utf8))
  }
}
