import Dispatch
import Foundation

/// Runs `action` on Ctrl-C or a polite kill; a second one ends the process at once.
final class SignalTrap {
  private let sources: [any DispatchSourceSignal]

  init(_ action: @escaping @Sendable () -> Void) {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        signal(number, SIG_DFL)
        action()
      }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}
