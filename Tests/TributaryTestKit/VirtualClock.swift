internal import Synchronization
public import TributaryCore

/// A clock that moves only when a test moves it.
public final class VirtualClock: WakingClock {
  private struct Sleeper {
    let id: Int
    let moment: Double
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var now = 0.0
    var nextID = 0
    var sleepers: [Sleeper] = []
    var cancelled: Set<Int> = []
    var observers: [(moment: Double, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  public init() {}

  public var seconds: Double { state.withLock(\.now) }

  public func sleep(until moment: Double) async throws {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let (wake, seen) = state.withLock { state in
          if state.now >= moment || state.cancelled.remove(id) != nil {
            return (true, [CheckedContinuation<Void, Never>]())
          }
          state.sleepers.append(Sleeper(id: id, moment: moment, continuation: continuation))
          let seen = state.observers.filter { $0.moment == moment }.map(\.continuation)
          state.observers.removeAll { $0.moment == moment }
          return (false, seen)
        }
        for observer in seen { observer.resume() }
        if wake { continuation.resume() }
      }
    } onCancel: {
      let sleeper = state.withLock { state -> Sleeper? in
        guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil
        }
        return state.sleepers.remove(at: index)
      }
      sleeper?.continuation.resume()
    }
    try Task.checkCancellation()
  }

  /// Returns once somebody sleeps until exactly `moment`.
  public func sleeper(until moment: Double) async {
    await withCheckedContinuation { continuation in
      let found = state.withLock { state in
        if state.sleepers.contains(where: { $0.moment == moment }) { return true }
        state.observers.append((moment, continuation))
        return false
      }
      if found { continuation.resume() }
    }
  }

  /// Moves the time to `moment` and wakes whoever slept until then or less.
  public func advance(to moment: Double) {
    let woken = state.withLock { state in
      state.now = max(state.now, moment)
      let woken = state.sleepers.filter { $0.moment <= state.now }
      state.sleepers.removeAll { $0.moment <= state.now }
      return woken
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }
}
