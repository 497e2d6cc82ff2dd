import Synchronization
import TributaryCore
import TributaryTransport

/// A driver that writes down what happens, for a test to wait for.
final class RecordingDriver: EndpointDriver {
  let events: AsyncStream<EndpointEvent>
  private let continuation: AsyncStream<EndpointEvent>.Continuation
  private let deadline = Mutex<Double?>(nil)
  private let echoes: Bool

  /// - Parameter echoes: sends every message back to where it came from.
  init(echoes: Bool = false) {
    (events, continuation) = AsyncStream.makeStream()
    self.echoes = echoes
  }

  var wakeAt: Double? { deadline.withLock { $0 } }
  func wake(at moment: Double) { deadline.withLock { $0 = moment } }

  func handle(_ event: EndpointEvent, on endpoint: any Endpoint) {
    if case .woke = event { deadline.withLock { $0 = nil } }
    if echoes, case .received(let frames, let peer) = event { endpoint.send(frames, to: peer) }
    continuation.yield(event)
  }

  /// The first coming event that `pick` makes something of, or nil after `seconds`.
  func first<Result: Sendable>(
    within seconds: Double = 5, _ pick: @escaping @Sendable (EndpointEvent) -> Result?
  ) async -> Result? {
    await withTaskGroup(of: Result?.self) { group in
      group.addTask { [events] in
        for await event in events {
          if let result = pick(event) { return result }
        }
        return nil
      }
      group.addTask {
        try? await Task.sleep(for: .seconds(seconds))
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  func connected() async -> Bool {
    await first { if case .connected = $0 { true } else { nil } } ?? false
  }

  func received() async -> ([Bytes], Peer)? {
    await first { if case .received(let frames, let peer) = $0 { (frames, peer) } else { nil } }
  }

  func failure() async -> LinkFailure? {
    await first { if case .failed(let failure) = $0 { failure } else { nil } }
  }

  func turnedAway() async -> String? {
    await first { if case .turnedAway(let line) = $0 { line } else { nil } }
  }

  func closed() async -> Bool {
    await first { if case .closed = $0 { true } else { nil } } ?? false
  }
}
