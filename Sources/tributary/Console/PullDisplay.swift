import Foundation
import Synchronization
import TributaryCore
import TributaryHub

/// How far a pull is, on stderr: a line a file, and on a terminal its percentage meanwhile.
final class PullDisplay: Sendable {
  private let isTerminal: Bool
  /// The percentage shown last, on a line that is still open.
  private let shown = Mutex<Int?>(nil)

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
      line("\(file)  \(Text.bytes(bytes))\(isCached ? ", was there" : "")")
    case .waiting(let file):
      line("\(file)  waiting for another process that fetches it")
    case .retrying(let reason, let seconds):
      line("\(reason.message); trying again in \(Text.decimal(seconds, 1)) s")
    }
  }

  /// Takes a percentage away, so that what follows has a line of its own.
  func finish() {
    let isOpen = shown.withLock { last in
      defer { last = nil }
      return last != nil
    }
    if isTerminal && isOpen { write("\r\u{1b}[K") }
  }

  private func line(_ text: String) {
    finish()
    write(text + "\n")
  }

  private func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
