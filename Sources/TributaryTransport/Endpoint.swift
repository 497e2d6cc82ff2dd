public import TributaryCore

/// One end of a connection: sockets, or their in-memory twin, and the one thread that owns them.
public protocol Endpoint: AnyObject, Sendable {
  /// Where this endpoint listens or connects to; for port `*`, the port that was chosen.
  var address: String { get }

  /// Queues a message for `peer`. Only from the endpoint's thread (from its driver, or `perform`).
  ///
  /// Never waits. A message to a peer that is gone, or that does not read, is dropped: the protocol
  /// above repeats what matters when the peer says Hello again.
  func send(_ frames: [Bytes], to peer: Peer)

  /// Runs `work` on the endpoint's thread, in order. From any thread; false once closed.
  @discardableResult
  func perform(_ work: @escaping @Sendable () -> Void) -> Bool

  /// Sends what is queued (for at most a second), then ends the thread. From any thread.
  func close()
}

/// Whoever gives an endpoint's events their meaning; called on the endpoint's thread only, one event
/// at a time, so that its state needs no lock.
public protocol EndpointDriver: AnyObject, Sendable {
  func handle(_ event: EndpointEvent, on endpoint: any Endpoint)

  /// When to be called with `.woke` next, in seconds of the endpoint's clock; nil for never.
  var wakeAt: Double? { get }
}

/// What happens at an endpoint.
public enum EndpointEvent: Sendable {
  /// A link's connection is open and both sides know each other's key.
  case connected
  /// A link's connection broke; it is being opened again.
  case disconnected
  /// A link could not open its connection. Unless the reason is final it keeps trying.
  case failed(LinkFailure)
  /// A message.
  case received([Bytes], from: Peer)
  /// A listener turned somebody away before the first message: one line for the log.
  case turnedAway(String)
  /// The time that the driver asked for has come.
  case woke
  /// The last event: the endpoint is closed.
  case closed
}

/// The other end of one connection, as a listener knows it. A new connection is a new peer.
public struct Peer: Hashable, Sendable {
  /// The address to send to: ROUTER's routing id.
  public var routingID: [UInt8]
  /// The name under which the peer's key is authorised; nil where keys are not used.
  public var user: String?

  public init(routingID: [UInt8], user: String? = nil) {
    self.routingID = routingID
    self.user = user
  }

  /// The one peer that a link has.
  public static let coordinator = Peer(routingID: [])

  public static func == (left: Peer, right: Peer) -> Bool { left.routingID == right.routingID }
  public func hash(into hasher: inout Hasher) { hasher.combine(routingID) }
}

/// Why a link has no connection.
public enum LinkFailure: Sendable, Equatable {
  /// Nobody answers: the system's reason.
  case noAnswer(String)
  /// The coordinator does not know this worker's key.
  case keyRefused
  /// The coordinator does not own the key that this worker expects.
  case wrongServerKey
  /// The coordinator demands keys, and this worker has none.
  case keysDemanded
  /// The coordinator runs without encryption, and this worker has keys.
  case keysNotSpoken
  /// What answers is no Tributary coordinator.
  case notACoordinator

  /// Whether trying again cannot help.
  public var isFinal: Bool {
    switch self {
    case .noAnswer: false
    case .keyRefused, .wrongServerKey, .keysDemanded, .keysNotSpoken, .notACoordinator: true
    }
  }
}
