internal import Synchronization
internal import TributaryCore
internal import TributaryWire

/// What the round driver waits for, from any thread, read by one task.
final class Mailbox: Sendable {
  enum Message: Sendable {
    case pool(PoolEvent)
    /// The pool's events have ended.
    case poolEnded
    /// The round has come for an update that is held.
    case collect(ClientID, round: Int)
    case tick
    case stop
  }

  private struct State {
    var messages: [Message] = []
    var stopped = false
    var reader: CheckedContinuation<Void, Never>?
    var cancelWork: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  func post(_ message: Message) {
    let (reader, cancel) = state.withLock { state in
      if case .stop = message { state.stopped = true } else { state.messages.append(message) }
      defer { state.reader = nil }
      return (state.reader, state.stopped ? state.cancelWork : nil)
    }
    cancel?()
    reader?.resume()
  }

  /// All that has come, in order, at least one; a stop comes alone and before all else.
  func next() async -> [Message] {
    while true {
      let messages: [Message] = state.withLock { state in
        if state.stopped { return [.stop] }
        defer { state.messages = [] }
        return state.messages
      }
      if !messages.isEmpty { return messages }
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state in
          if state.stopped || !state.messages.isEmpty { return true }
          state.reader = continuation
          return false
        }
        if ready { continuation.resume() }
      }
    }
  }

  /// What has come and is not read yet; a stop is left for `next`.
  func takeAll() -> [Message] {
    state.withLock { state in
      defer { state.messages = [] }
      return state.messages
    }
  }

  var isEmpty: Bool { state.withLock { $0.messages.isEmpty && !$0.stopped } }

  /// Runs `work`, which a stop cancels.
  func stoppable<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task(operation: work)
    let stopped = state.withLock { state in
      state.cancelWork = { task.cancel() }
      return state.stopped
    }
    if stopped { task.cancel() }
    defer { state.withLock { $0.cancelWork = nil } }
    return try await task.value
  }
}
