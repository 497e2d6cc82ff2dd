internal import Logging
internal import Synchronization
internal import TributaryCore
internal import TributaryTransport
internal import TributaryWire

/// Carries out what `PoolState` decides: messages to the socket, events to the round engine.
///
/// Safety of @unchecked: everything mutable is touched on the endpoint's thread only, but for what a
/// lock guards.
final class PoolDriver: EndpointDriver, @unchecked Sendable {
  /// The same refusal is reported once in this time: a worker that is turned away tries again.
  private static let refusalQuietSeconds = 10.0
  private static let refusalLimit = 256

  let events: AsyncStream<PoolEvent>
  private let continuation: AsyncStream<PoolEvent>.Continuation
  private let log: Logger
  private let clock = SystemClock()
  private let traffic = Mutex(Traffic())
  private var state: PoolState
  private var refusals: [String: Double] = [:]
  private var closed: (() -> Void)?

  init(runID: String, timing: SessionTiming, uploadSlots: Int, log: Logger) {
    (events, continuation) = AsyncStream.makeStream()
    self.log = log
    state = PoolState(
      runID: runID, instance: .fresh(), timing: timing, uploadSlots: uploadSlots,
      now: clock.seconds)
  }

  var wakeAt: Double? { state.wakeAt }

  func takeTraffic() -> Traffic {
    traffic.withLock { traffic in
      defer { traffic = Traffic() }
      return traffic
    }
  }

  func handle(_ event: EndpointEvent, on endpoint: any Endpoint) {
    switch event {
    case .received(let frames, let peer): received(frames, from: peer, on: endpoint)
    case .woke: update(on: endpoint) { $0.tick(now: $1) }
    case .turnedAway(let line): report(.refused(line))
    case .closed:
      continuation.finish()
      closed?()
      closed = nil
    case .connected, .disconnected, .failed: break
    }
  }

  /// Lets the state decide, then does what it says. On the endpoint's thread.
  func update(
    on endpoint: any Endpoint, _ body: (inout PoolState, _ now: Double) -> [PoolState.Action]
  ) {
    for action in body(&state, clock.seconds) {
      switch action {
      case .send(let message, let peer): send(message, to: peer, on: endpoint)
      case .emit(let event): report(event)
      }
    }
    if state.isOver { endpoint.close() }
  }

  /// Calls `body` once the endpoint is closed. On the endpoint's thread.
  func whenClosed(_ body: @escaping () -> Void) { closed = body }

  private func received(_ frames: [Bytes], from peer: Peer, on endpoint: any Endpoint) {
    let byteCount = frames.reduce(0) { $0 + $1.count }
    traffic.withLock { $0.bytesUp += byteCount }
    do {
      let message = try Message(frames: frames)
      update(on: endpoint) {
        $0.received(message, from: peer, byteCount: byteCount, now: $1)
      }
    } catch {
      let reason = (error as? TributaryError)?.description ?? "\(error)"
      if (error as? TributaryError)?.code == "wire.version" {
        update(on: endpoint) { state, _ in state.otherVersion(reason, peer) }
      } else {
        update(on: endpoint) { $0.malformed(reason, peer, now: $1) }
      }
    }
  }

  private func send(_ message: Message, to peer: Peer, on endpoint: any Endpoint) {
    do {
      let frames = try message.frames()
      traffic.withLock { $0.bytesDown += frames.reduce(0) { $0 + $1.count } }
      endpoint.send(frames, to: peer)
    } catch {
      log.error("cannot send \(message.kind): \(error)")
    }
  }

  private func report(_ event: PoolEvent) {
    if case .refused(let line) = event {
      let now = clock.seconds
      if let last = refusals[line], now < last + Self.refusalQuietSeconds { return }
      if refusals.count >= Self.refusalLimit {
        // So many different ones are a peer that floods the log: it waits as well.
        refusals = refusals.filter { now < $0.value + Self.refusalQuietSeconds }
        guard refusals.count < Self.refusalLimit else { return }
      }
      refusals[line] = now
    }
    continuation.yield(event)
  }
}
