internal import Synchronization
internal import TributaryCore

/// The in-memory twin of ZeroMQ: one listener and any number of links, each with its thread.
///
/// It keeps the same contract (order, drops when a connection breaks, a new peer for each
/// connection), so that whatever runs over it runs over sockets.
public final class MemoryNetwork: Sendable {
  struct Connection {
    var peer: Peer
    weak var link: MemoryEndpoint?
  }
  struct State {
    var listener: MemoryEndpoint?
    var connections: [Peer: Connection] = [:]
    var waiting: [WeakLink] = []
    var lastPeer: UInt64 = 0
  }
  struct WeakLink { weak var link: MemoryEndpoint? }

  private let state = Mutex(State())

  public init() {}

  public func listen(driver: any EndpointDriver) -> any Endpoint {
    let endpoint = MemoryEndpoint(role: .listener, network: self, driver: driver)
    let waiting = state.withLock { state in
      state.listener = endpoint
      defer { state.waiting = [] }
      return state.waiting
    }
    endpoint.start()
    for entry in waiting {
      if let link = entry.link { connect(link) }
    }
    return endpoint
  }

  public func connect(driver: any EndpointDriver) -> any Endpoint {
    let endpoint = MemoryEndpoint(role: .link, network: self, driver: driver)
    endpoint.start()
    connect(endpoint)
    return endpoint
  }

  /// Breaks the connection of `link`, as a cable pulled and put back: it opens again at once.
  public func sever(_ link: any Endpoint) {
    guard let link = link as? MemoryEndpoint, disconnect(link) else { return }
    link.deliver(.disconnected)
    connect(link)
  }

  func connect(_ link: MemoryEndpoint) {
    let opened = state.withLock { state -> Bool in
      guard state.listener != nil else {
        state.waiting.append(WeakLink(link: link))
        return false
      }
      state.lastPeer += 1
      let peer = Peer(
        routingID: (0..<8).map { UInt8(truncatingIfNeeded: state.lastPeer >> ($0 * 8)) })
      state.connections[peer] = Connection(peer: peer, link: link)
      return true
    }
    link.deliver(opened ? .connected : .failed(.noAnswer("connection refused")))
  }

  func route(_ frames: [Bytes], to peer: Peer) {
    let link = state.withLock { $0.connections[peer]?.link }
    link?.deliver(.received(frames, from: .coordinator))
  }

  func route(_ frames: [Bytes], from link: MemoryEndpoint) {
    let target = state.withLock { state -> (MemoryEndpoint, Peer)? in
      guard let listener = state.listener,
        let connection = state.connections.values.first(where: { $0.link === link })
      else { return nil }
      return (listener, connection.peer)
    }
    if let (listener, peer) = target { listener.deliver(.received(frames, from: peer)) }
  }

  func closed(_ endpoint: MemoryEndpoint) {
    let cut = state.withLock { state -> [MemoryEndpoint] in
      guard state.listener === endpoint else {
        state.connections = state.connections.filter { $0.value.link !== endpoint }
        return []
      }
      state.listener = nil
      let links = state.connections.values.compactMap(\.link)
      state.connections = [:]
      state.waiting += links.map { WeakLink(link: $0) }
      return links
    }
    for link in cut {
      link.deliver(.disconnected)
      link.deliver(.failed(.noAnswer("connection refused")))
    }
  }

  private func disconnect(_ link: MemoryEndpoint) -> Bool {
    state.withLock { state in
      let before = state.connections.count
      state.connections = state.connections.filter { $0.value.link !== link }
      return state.connections.count < before
    }
  }
}
