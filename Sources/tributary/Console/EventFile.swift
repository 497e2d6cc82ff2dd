import Foundation
import TributaryCore

/// Events of a command that keeps no ledger: to DIR/events.jsonl, and to stdout as text or JSON.
final class EventFile: Sendable {
  private let file: FileHandle
  private let printsJSON: Bool

  /// Makes the folder; a former event file there is replaced.
  init(folder: String, printsJSON: Bool) throws {
    self.printsJSON = printsJSON
    let path = "\(folder)/events.jsonl"
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: path))
      file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    } catch {
      throw TributaryError(
        "output.folder", "cannot write to \(folder)",
        advice: "--output names a folder that is there or can be made")
    }
  }

  func emit(_ event: some Encodable, text: String) {
    guard let line = try? Text.json(event) else { return }
    do {
      try file.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      Text.complain("an event could not be kept: \(error.localizedDescription)")
    }
    Text.emit(printsJSON ? line : text)
  }
}
