internal import CZeroMQ
internal import Glibc
internal import TributaryCore

/// A ZeroMQ socket. Owned by one thread from its first use; closed when released.
final class ZeroMQSocket {
  let handle: UnsafeMutableRawPointer
  // The context outlives its sockets.
  private let context: ZeroMQContext

  init(_ context: ZeroMQContext, type: Int32) throws {
    guard let handle = zmq_socket(context.handle, type) else { throw Self.failure("zmq_socket") }
    self.handle = handle
    self.context = context
  }

  deinit { zmq_close(handle) }

  func set(_ option: Int32, _ value: Int32) {
    var value = value
    let status = zmq_setsockopt(handle, option, &value, MemoryLayout<Int32>.size)
    precondition(status == 0, "ZeroMQ refuses option \(option) = \(value)")
  }

  func set(_ option: Int32, _ value: Int64) {
    var value = value
    let status = zmq_setsockopt(handle, option, &value, MemoryLayout<Int64>.size)
    precondition(status == 0, "ZeroMQ refuses option \(option) = \(value)")
  }

  func set(_ option: Int32, _ value: String) throws {
    guard zmq_setsockopt(handle, option, value, value.utf8.count) == 0 else {
      throw Self.failure("zmq_setsockopt \(option)")
    }
  }

  /// ZMQ_LAST_ENDPOINT: where the socket was bound.
  var lastEndpoint: String {
    var buffer = [CChar](repeating: 0, count: 1024)
    var length = buffer.count
    guard zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &buffer, &length) == 0, length > 0 else {
      return ""
    }
    return String(decoding: buffer[..<(length - 1)].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Reports the connections' events on a PAIR socket that listens at `address`.
  func monitor(at address: String, events: Int32) throws -> ZeroMQSocket {
    guard zmq_socket_monitor(handle, address, events) == 0 else {
      throw Self.failure("zmq_socket_monitor")
    }
    let pair = try ZeroMQSocket(context, type: ZMQ_PAIR)
    pair.set(ZMQ_LINGER, Int32(0))
    guard zmq_connect(pair.handle, address) == 0 else { throw Self.failure("zmq_connect") }
    return pair
  }

  /// The frames of the next message, or nil where none waits. Frames over `limit` are dropped, and
  /// the message's `isWhole` is false then.
  func receive(frameLimit: Int) -> (frames: [Bytes], user: String?, isWhole: Bool)? {
    var frames: [Bytes] = []
    var user: String?
    var isWhole = true
    while true {
      let frame = ReceivedFrame()
      guard zmq_msg_recv(frame.message, handle, ZMQ_DONTWAIT) >= 0 else {
        return frames.isEmpty ? nil : (frames, user, isWhole)
      }
      let isLast = zmq_msg_more(frame.message) == 0
      if isLast, let name = zmq_msg_gets(frame.message, "User-Id") { user = String(cString: name) }
      if frames.count < frameLimit { frames.append(frame.bytes) } else { isWhole = false }
      if isLast { return (frames, user, isWhole) }
    }
  }

  /// Sends a message without waiting: 0, or the error number (`EAGAIN` where the queue is full).
  func send(_ frames: [Bytes]) -> Int32 {
    for (index, bytes) in frames.enumerated() {
      let more = index < frames.count - 1 ? ZMQ_SNDMORE : 0
      var frame = SentFrame(bytes)
      while true {
        if frame.send(on: handle, flags: ZMQ_DONTWAIT | more) { break }
        let error = zmq_errno()
        if error == EINTR { continue }
        // Only the first frame can find the queue full: ZeroMQ takes messages whole.
        frame.discard()
        return error
      }
    }
    return 0
  }

  static func failure(_ operation: String) -> TributaryError {
    TributaryError("zeromq", "\(operation): \(String(cString: zmq_strerror(zmq_errno())))")
  }
}
