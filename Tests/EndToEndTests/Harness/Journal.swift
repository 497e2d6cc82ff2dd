import Dispatch
import Synchronization

/// Values that arrive over time, and whoever waits for one of them.
final class Journal<Entry: Sendable>: Sendable {
  private struct Waiter {
    let id: Int
    let accepts: @Sendable (Entry) -> Bool
    let continuation: CheckedContinuation<Entry?, Never>
  }

  private struct State {
    var entries: [Entry] = []
    var isClosed = false
    var waiters: [Waiter] = []
    var nextID = 0
  }

  private let state = Mutex(State())

  var entries: [Entry] { state.withLock(\.entries) }

  func append(_ entry: Entry) {
    let served = state.withLock { state in
      state.entries.append(entry)
      let served = state.waiters.filter { $0.accepts(entry) }
      let ids = Set(served.map(\.id))
      state.waiters.removeAll { ids.contains($0.id) }
      return served
    }
    for waiter in served { waiter.continuation.resume(returning: entry) }
  }

  /// Nothing will arrive any more.
  func close() {
    let left = state.withLock { state in
      state.isClosed = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in left { waiter.continuation.resume(returning: nil) }
  }

  /// The first value that is accepted, be it there already or still to come; nil after `seconds`, or
  /// once none can come.
  func first(
    within seconds: Double, where accepts: @escaping @Sendable (Entry) -> Bool
  ) async -> Entry? {
    await withCheckedContinuation { continuation in
      let (found, id) = state.withLock { state -> (Entry??, Int) in
        if let entry = state.entries.first(where: accepts) { return (entry, 0) }
        if state.isClosed { return (.some(nil), 0) }
        state.nextID += 1
        state.waiters.append(
          Waiter(id: state.nextID, accepts: accepts, continuation: continuation))
        return (nil, state.nextID)
      }
      if let found { return continuation.resume(returning: found) }
      DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { self.expire(id) }
    }
  }

  /// Returns once `close` was called; false after `seconds`.
  func closed(within seconds: Double) async -> Bool {
    _ = await first(within: seconds) { _ in false }
    return state.withLock(\.isClosed)
  }

  private func expire(_ id: Int) {
    let waiter = state.withLock { state in
      state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
    }
    waiter?.continuation.resume(returning: nil)
  }
}
