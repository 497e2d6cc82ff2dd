internal import Glibc
internal import TributaryCore

/// Finds out why no connection comes about, with a TCP connection of its own: libzmq only says that
/// an attempt ended, and which side notices a mismatch first is a race.
enum ConnectProbe {
  private static let timeoutMilliseconds: Int32 = 300

  /// The host and port of `tcp://HOST:PORT`. A port over 65535 is none: libzmq would cut it.
  static func hostAndPort(
    _ address: String, allowsAnyPort: Bool = false
  ) -> (host: String, port: String)? {
    guard address.hasPrefix("tcp://"), let colon = address.lastIndex(of: ":") else { return nil }
    let start = address.index(address.startIndex, offsetBy: 6)
    guard start < colon else { return nil }
    var host = String(address[start..<colon])
    let port = String(address[address.index(after: colon)...])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    let isPort = UInt16(port) != nil || (allowsAnyPort && port == "*")
    return host.isEmpty || !isPort ? nil : (host, port)
  }

  /// Why nobody answers at `address`, in the system's words.
  static func reason(_ address: String) -> String {
    switch open(address) {
    case .success(let descriptor):
      close(descriptor)
      return "connection refused"
    case .failure(let failure): return failure.reason
    }
  }

  /// Why whoever listens at `address` breaks off the handshake: its greeting says which security
  /// mechanism it speaks (ZeroMQ RFC 37: octets 12 to 31).
  static func brokenHandshake(_ address: String, isEncrypted: Bool) -> LinkFailure {
    guard case .success(let descriptor) = open(address) else {
      return .noAnswer("it breaks off the handshake")
    }
    defer { close(descriptor) }
    // Signature and version: enough for the whole answer, and too little to be refused first.
    let ours: [UInt8] = [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3]
    guard send(descriptor, ours, ours.count, Int32(MSG_NOSIGNAL)) == ours.count,
      let theirs = receive(descriptor, count: 64), theirs[0] == 0xff, theirs[9] == 0x7f
    else { return .noAnswer("what listens there does not answer as a coordinator") }
    let name = String(decoding: theirs[12..<32].prefix { $0 != 0 }, as: UTF8.self)
    if isEncrypted { return name == "CURVE" ? .wrongServerKey : .keysNotSpoken }
    return name == "NULL" ? .noAnswer("it breaks off the handshake") : .keysDemanded
  }

  private struct Failure: Error { var reason: String }

  /// A connected socket, after a bounded wait.
  private static func open(_ address: String) -> Result<Int32, Failure> {
    guard let (host, port) = hostAndPort(address) else {
      return .failure(Failure(reason: "not an address"))
    }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, port, &hints, &list)
    guard status == 0, let first = list else {
      return .failure(Failure(reason: String(cString: gai_strerror(status)).lowercased()))
    }
    defer { freeaddrinfo(list) }
    let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(first.pointee.ai_family, flags, 0)
    guard descriptor >= 0 else { return .failure(Failure(reason: text(errno))) }
    if connect(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 {
      return .success(descriptor)
    }
    var error = errno
    if error == EINPROGRESS {
      error = ETIMEDOUT
      var length = socklen_t(MemoryLayout<Int32>.size)
      if wait(descriptor, POLLOUT) {
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
      }
    }
    if error == 0 { return .success(descriptor) }
    close(descriptor)
    return .failure(Failure(reason: text(error)))
  }

  private static func receive(_ descriptor: Int32, count: Int) -> [UInt8]? {
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: count)
    while octets.count < count, wait(descriptor, POLLIN) {
      let received = recv(descriptor, &buffer, count - octets.count, 0)
      guard received > 0 else { return nil }
      octets += buffer[..<received]
    }
    return octets.count == count ? octets : nil
  }

  private static func wait(_ descriptor: Int32, _ event: Int32) -> Bool {
    var item = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    return poll(&item, 1, timeoutMilliseconds) > 0
  }

  private static func text(_ error: Int32) -> String {
    String(cString: strerror(error)).lowercased()
  }
}
