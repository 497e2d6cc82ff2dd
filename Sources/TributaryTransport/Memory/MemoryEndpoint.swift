internal import Glibc
internal import TributaryCore

/// One end in a `MemoryNetwork`.
final class MemoryEndpoint: Endpoint {
  enum Role { case listener, link }

  private let role: Role
  private let network: MemoryNetwork
  private let driver: any EndpointDriver
  private let inbox = Inbox()
  private let clock = SystemClock()

  init(role: Role, network: MemoryNetwork, driver: any EndpointDriver) {
    self.role = role
    self.network = network
    self.driver = driver
  }

  var address: String { "memory" }

  func start() { NativeThread.start { self.run() } }

  func send(_ frames: [Bytes], to peer: Peer) {
    switch role {
    case .listener: network.route(frames, to: peer)
    case .link: network.route(frames, from: self)
    }
  }

  func perform(_ work: @escaping @Sendable () -> Void) -> Bool { inbox.post(work) }

  func close() {
    _ = inbox.post { [weak self] in
      guard let self else { return }
      _ = inbox.close()
      network.closed(self)
    }
  }

  func deliver(_ event: EndpointEvent) {
    _ = inbox.post { [weak self] in
      guard let self else { return }
      driver.handle(event, on: self)
    }
  }

  private func run() {
    while true {
      var item = pollfd(fd: inbox.descriptor, events: Int16(POLLIN), revents: 0)
      poll(&item, 1, PollTimeout.milliseconds(until: driver.wakeAt, now: clock.seconds))
      for work in inbox.drain() { work() }
      if inbox.isClosed { break }
      if let wakeAt = driver.wakeAt, wakeAt <= clock.seconds { driver.handle(.woke, on: self) }
    }
    driver.handle(.closed, on: self)
  }
}
