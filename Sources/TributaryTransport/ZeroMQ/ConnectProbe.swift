internal import Glibc
internal import TributaryCore

/// Finds out why nobody answers at an address: libzmq only says that the attempt ended.
enum ConnectProbe {
  /// The host and port of `tcp://HOST:PORT`.
  static func hostAndPort(_ address: String) -> (host: String, port: String)? {
    guard address.hasPrefix("tcp://"), let colon = address.lastIndex(of: ":") else { return nil }
    let start = address.index(address.startIndex, offsetBy: 6)
    guard start < colon else { return nil }
    var host = String(address[start..<colon])
    let port = String(address[address.index(after: colon)...])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    return host.isEmpty || port.isEmpty ? nil : (host, port)
  }

  /// The system's reason ("connection refused"), after at most `timeoutMilliseconds`.
  static func reason(_ address: String, timeoutMilliseconds: Int32 = 300) -> String {
    guard let (host, port) = hostAndPort(address) else { return "not an address" }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, port, &hints, &list)
    guard status == 0, let first = list else {
      return String(cString: gai_strerror(status)).lowercased()
    }
    defer { freeaddrinfo(list) }
    let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(first.pointee.ai_family, flags, 0)
    guard descriptor >= 0 else { return String(cString: strerror(errno)).lowercased() }
    defer { Glibc.close(descriptor) }
    if connect(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 {
      return "connection refused"
    }
    var error = errno
    if error == EINPROGRESS {
      var item = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&item, 1, timeoutMilliseconds) > 0 else { return "no answer" }
      var length = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
    }
    return error == 0 ? "no answer" : String(cString: strerror(error)).lowercased()
  }
}
