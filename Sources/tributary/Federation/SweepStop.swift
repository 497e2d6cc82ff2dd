import Synchronization
import TributaryCoordinator
import TributaryCore

/// Ends a sweep from a signal: the run that is going on, and those that would follow.
final class SweepStop: Sendable {
  private struct State {
    var isStopped = false
    var coordinator: Coordinator?
  }

  private let state = Mutex(State())

  func stop() {
    state.withLock { state in
      state.isStopped = true
      return state.coordinator
    }?.stop()
  }

  /// - Throws: `run.interrupted` where the sweep was stopped.
  func check() throws { try check(state.withLock(\.isStopped)) }

  /// Runs to the end, unless the sweep is stopped.
  func run(_ coordinator: Coordinator) async throws -> RunSummary {
    try check(
      state.withLock { state in
        state.coordinator = coordinator
        return state.isStopped
      })
    defer { state.withLock { $0.coordinator = nil } }
    return try await coordinator.run()
  }

  private func check(_ isStopped: Bool) throws {
    if isStopped { throw TributaryError("run.interrupted", "the sweep was stopped") }
  }
}
