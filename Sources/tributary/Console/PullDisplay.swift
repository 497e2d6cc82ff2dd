import Foundation
import Synchronization
import TributaryHub

/// How far a pull is, on stderr: a line a file, and on a terminal its percentage meanwhile.
final class PullDisplay: Sendable {
  private let isTerminal: Bool
  /// The percentage shown last.
  private let shown = Mutex(-1)

  init(isTerminal: Bool) { self.isTerminal = isTerminal }

  func show(_ progress: HubPull.Progress) {
    switch progress {
    case .receiving(let file, let bytes, let total):
      let percent = total > 0 ? Int(Double(bytes) / Double(total) * 100) : 100
      let isNew = shown.withLock { last in
        defer { last = percent }
        return last != percent
      }
      if isTerminal && isNew {
        write("\r\u{1b}[K\(file)  \(percent) % of \(Text.bytes(total))")
      }
    case .completed(let file, let bytes, let isCached):
      write(
        "\(isTerminal ? "\r\u{1b}[K" : "")\(file)  \(Text.bytes(bytes))"
          + "\(isCached ? ", was there" : "")\n")
    case .waiting(let file):
      write("\(file)  waiting for another process that fetches it\n")
    }
  }

  private func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
