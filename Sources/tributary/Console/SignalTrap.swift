import Dispatch
import Foundation

/// Runs `action` on Ctrl-C or a polite kill; a second one ends the process at once.
final class SignalTrap {
  private static let signals = [SIGINT, SIGTERM]
  private let sources: [any DispatchSourceSignal]

  init(_ action: @escaping @Sendable () -> Void) {
    sources = Self.signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        signal(number, endProcess)
        action()
      }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    Self.endsAtOnce()
  }

  /// Where nothing has to be put in order: a signal ends the process with a line that says so.
  static func endsAtOnce() { for number in signals { signal(number, endProcess) } }
}

/// Only what a signal handler may do: it writes and leaves.
private func endProcess(_ number: Int32) {
  let line: StaticString = "tributary: interrupted\n"
  _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
  _exit(128 + number)
}
