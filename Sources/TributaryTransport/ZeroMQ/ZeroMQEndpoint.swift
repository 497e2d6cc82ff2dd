internal import CZeroMQ
internal import Glibc
public import TributaryCore

/// A ROUTER (coordinator) or DEALER (worker) socket with the thread that owns it.
///
/// Safety of @unchecked: everything mutable is touched by the endpoint's thread only, except before
/// that thread starts.
public final class ZeroMQEndpoint: Endpoint, @unchecked Sendable {
  /// Messages a link keeps while its socket takes no more.
  private static let queueLimit = 1024
  /// Messages read before commands and deadlines get their turn.
  private static let receiveBurst = 256
  private static let closeSeconds = 1.0

  public let address: String
  private let driver: any EndpointDriver
  private let inbox = Inbox()
  private let clock = SystemClock()
  private let frameLimit: Int

  private var socket: ZeroMQSocket?
  private var monitor: ZeroMQSocket?
  private var gate: AdmissionGate?
  private var linkMonitor: LinkMonitor?
  private var encryption: Bool
  private var isConnected = false
  private var isClosing = false
  private var queue: [[Bytes]] = []

  private init(
    address: String, socket: ZeroMQSocket, monitor: ZeroMQSocket, gate: AdmissionGate?,
    linkMonitor: LinkMonitor?, encryption: Bool, frameLimit: Int, driver: any EndpointDriver
  ) {
    self.address = address
    self.socket = socket
    self.monitor = monitor
    self.gate = gate
    self.linkMonitor = linkMonitor
    self.encryption = encryption
    self.frameLimit = frameLimit
    self.driver = driver
  }

  /// Binds a ROUTER and starts its thread.
  ///
  /// - Parameter address: `tcp://HOST:PORT`; `*` for every interface, or for any free port.
  /// - Throws: `bind.inUse`, `bind.denied`, `bind.address`, `keys.*`.
  public static func listen(
    at address: String, security: CoordinatorSecurity, limits: FrameLimits = FrameLimits(),
    driver: any EndpointDriver
  ) throws -> ZeroMQEndpoint {
    guard ConnectProbe.hostAndPort(address, allowsAnyPort: true) != nil else {
      throw bindFailure(address, EINVAL)
    }
    let context = try ZeroMQContext(ioThreads: 2)
    let socket = try ZeroMQSocket(context, type: ZMQ_ROUTER)
    configure(socket, limits: limits)
    // A message to a peer that is gone is an error to see, not a silent drop.
    socket.set(ZMQ_ROUTER_MANDATORY, Int32(1))
    if address.contains("[") { socket.set(ZMQ_IPV6, Int32(1)) }
    var gate: AdmissionGate?
    if case .curve(let secret, let folder) = security {
      // Without a gate libzmq would admit every key: it is there before the socket is bound.
      gate = try AdmissionGate(context, authorizedFolder: folder)
      socket.set(ZMQ_CURVE_SERVER, Int32(1))
      try socket.set(ZMQ_CURVE_SECRETKEY, secret.z85)
      try socket.set(ZMQ_ZAP_DOMAIN, "tributary")
    }
    let monitor = try socket.monitor(
      at: "inproc://monitor", events: ConnectionEvent.handshakeFailures)
    guard zmq_bind(socket.handle, address) == 0 else { throw bindFailure(address, zmq_errno()) }
    let endpoint = ZeroMQEndpoint(
      address: socket.lastEndpoint, socket: socket, monitor: monitor, gate: gate, linkMonitor: nil,
      encryption: gate != nil, frameLimit: limits.frameCount + 1, driver: driver)
    endpoint.start()
    return endpoint
  }

  /// Starts a DEALER that connects to a coordinator, again and again until it answers.
  ///
  /// - Throws: `connect.address`.
  public static func connect(
    to address: String, security: WorkerSecurity, limits: FrameLimits = FrameLimits(),
    driver: any EndpointDriver
  ) throws -> ZeroMQEndpoint {
    guard ConnectProbe.hostAndPort(address) != nil else { throw connectFailure(address) }
    let context = try ZeroMQContext(ioThreads: 1)
    let socket = try ZeroMQSocket(context, type: ZMQ_DEALER)
    configure(socket, limits: limits)
    // Nothing is queued for a connection that is not there: each begins with Hello.
    socket.set(ZMQ_IMMEDIATE, Int32(1))
    socket.set(ZMQ_RECONNECT_IVL, Int32(100))
    socket.set(ZMQ_RECONNECT_IVL_MAX, Int32(1000))
    if address.contains("[") { socket.set(ZMQ_IPV6, Int32(1)) }
    var encryption = false
    if case .curve(let secret, let coordinator, _) = security {
      encryption = true
      try socket.set(ZMQ_CURVE_SERVERKEY, coordinator.z85)
      try socket.set(ZMQ_CURVE_PUBLICKEY, secret.publicKey.z85)
      try socket.set(ZMQ_CURVE_SECRETKEY, secret.z85)
    }
    let monitor = try socket.monitor(at: "inproc://monitor", events: ConnectionEvent.all)
    guard zmq_connect(socket.handle, address) == 0 else { throw connectFailure(address) }
    let endpoint = ZeroMQEndpoint(
      address: address, socket: socket, monitor: monitor, gate: nil,
      linkMonitor: LinkMonitor(isEncrypted: encryption), encryption: encryption,
      frameLimit: limits.frameCount, driver: driver)
    endpoint.start()
    return endpoint
  }

  public func send(_ frames: [Bytes], to peer: Peer) {
    guard let socket else { return }
    if linkMonitor == nil {
      // EHOSTUNREACH: the peer is gone. EAGAIN: it does not read. It repeats itself, or is dropped.
      _ = socket.send([Bytes(copying: peer.routingID)] + frames)
    } else if isConnected {
      if queue.isEmpty, socket.send(frames) == 0 { return }
      if queue.count < Self.queueLimit { queue.append(frames) }
    }
  }

  @discardableResult
  public func perform(_ work: @escaping @Sendable () -> Void) -> Bool { inbox.post(work) }

  public func close() {
    _ = inbox.post { [weak self] in self?.isClosing = true }
  }

  private func start() { NativeThread.start { self.run() } }

  private func run() {
    while !isClosing { turn() }
    finish()
  }

  /// One sleep and what it woke up for.
  private func turn() {
    guard let socket, let monitor else { return }
    var items = [
      zmq_pollitem_t(socket: nil, fd: inbox.descriptor, events: Int16(ZMQ_POLLIN), revents: 0),
      zmq_pollitem_t(
        socket: socket.handle, fd: 0,
        events: Int16(ZMQ_POLLIN | (queue.isEmpty ? 0 : ZMQ_POLLOUT)), revents: 0),
      zmq_pollitem_t(socket: monitor.handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
    ]
    if let gate {
      items.append(
        zmq_pollitem_t(
          socket: gate.socket.handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0))
    }
    let timeout = PollTimeout.milliseconds(until: driver.wakeAt, now: clock.seconds)
    zmq_poll(&items, Int32(items.count), Int(timeout))
    for work in inbox.drain() { work() }
    gate?.answer { self.driver.handle(.turnedAway($0), on: self) }
    while let message = monitor.receive(frameLimit: 2) { observe(message.frames) }
    flush()
    receive()
    if let wakeAt = driver.wakeAt, wakeAt <= clock.seconds { driver.handle(.woke, on: self) }
  }

  private func receive() {
    guard let socket else { return }
    for _ in 0..<Self.receiveBurst {
      guard let message = socket.receive(frameLimit: frameLimit) else { return }
      var frames = message.frames
      var peer = Peer.coordinator
      if linkMonitor == nil {
        peer = Peer(routingID: frames.removeFirst().array(), user: message.user)
      }
      // A message cut short is passed on without a frame, for the codec to refuse.
      driver.handle(.received(message.isWhole ? frames : [], from: peer), on: self)
    }
  }

  private func flush() {
    guard let socket else { return }
    var sent = 0
    while sent < queue.count, socket.send(queue[sent]) == 0 { sent += 1 }
    queue.removeFirst(sent)
  }

  private func observe(_ frames: [Bytes]) {
    guard let event = ConnectionEvent(frames) else { return }
    guard let report = linkMonitor?.received(event) else {
      if linkMonitor == nil, let line = turnedAwayLine(event) {
        driver.handle(.turnedAway(line), on: self)
      }
      return
    }
    switch report {
    case .connected:
      isConnected = true
      driver.handle(.connected, on: self)
    case .disconnected:
      isConnected = false
      queue = []
      driver.handle(.disconnected, on: self)
    case .failed(let failure): driver.handle(.failed(failure), on: self)
    case .unanswered:
      driver.handle(.failed(.noAnswer(ConnectProbe.reason(address))), on: self)
    case .brokenOff:
      let failure = ConnectProbe.brokenHandshake(address, isEncrypted: encryption)
      driver.handle(.failed(failure), on: self)
    }
  }

  private func turnedAwayLine(_ event: ConnectionEvent) -> String? {
    if event.number == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL {
      // Which side notices a mismatch first is a race; the other only sees the end.
      return "a peer broke off the handshake (another key, no key, or no worker)"
    }
    guard event.number == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL else { return nil }
    if event.isMechanismMismatch {
      return encryption
        ? "a worker without keys was turned away (this run is encrypted)"
        : "a worker with keys was turned away (this run is not encrypted)"
    }
    return event.value == ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC
      ? "a worker that expects another coordinator's key was turned away"
      : "a peer that does not speak the protocol was turned away"
  }

  private func finish() {
    let deadline = clock.seconds + Self.closeSeconds
    while let socket, isConnected, !queue.isEmpty, clock.seconds < deadline {
      var item = zmq_pollitem_t(
        socket: socket.handle, fd: 0, events: Int16(ZMQ_POLLOUT), revents: 0)
      zmq_poll(&item, 1, 100)
      flush()
    }
    let left = inbox.close()
    zmq_socket_monitor(socket?.handle, nil, 0)
    monitor = nil
    gate = nil
    socket = nil
    for work in left { work() }
    driver.handle(.closed, on: self)
  }

  private static func configure(_ socket: ZeroMQSocket, limits: FrameLimits) {
    socket.set(ZMQ_MAXMSGSIZE, Int64(limits.frameByteCount))
    // What one peer may have waiting here; beyond it TCP makes the peer wait.
    socket.set(ZMQ_RCVHWM, Int32(64))
    socket.set(ZMQ_LINGER, Int32(closeSeconds * 1000))
    socket.set(ZMQ_HANDSHAKE_IVL, Int32(5000))
    // A host that vanished without a word is noticed by TCP alone only after many minutes.
    socket.set(ZMQ_HEARTBEAT_IVL, Int32(2000))
    socket.set(ZMQ_HEARTBEAT_TIMEOUT, Int32(15_000))
  }

  private static func connectFailure(_ address: String) -> TributaryError {
    TributaryError(
      "connect.address", "\"\(address)\" is not an address to connect to",
      advice: "write tcp://HOST:PORT")
  }

  private static func bindFailure(_ address: String, _ error: Int32) -> TributaryError {
    switch error {
    case EADDRINUSE:
      TributaryError(
        "bind.inUse", "cannot listen at \(address): the port is in use",
        advice: "stop the other program or choose another port")
    case EACCES:
      TributaryError(
        "bind.denied", "cannot listen at \(address): not permitted",
        advice: "choose a port from 1024")
    case EADDRNOTAVAIL, ENODEV:
      TributaryError(
        "bind.address", "cannot listen at \(address): this machine has no such address",
        advice: "tcp://0.0.0.0:PORT listens on all of its addresses")
    default:
      TributaryError(
        "bind.address", "\"\(address)\" is not an address to listen at",
        advice: "write tcp://HOST:PORT")
    }
  }
}
