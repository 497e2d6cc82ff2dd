internal import CZeroMQ
internal import TributaryCore

/// A received frame: its bytes stay where libzmq put them for as long as somebody refers to them.
final class ReceivedFrame {
  let message: UnsafeMutablePointer<zmq_msg_t>

  init() {
    message = .allocate(capacity: 1)
    zmq_msg_init(message)
  }

  deinit {
    zmq_msg_close(message)
    message.deallocate()
  }

  var bytes: Bytes {
    Bytes(
      owner: self,
      buffer: UnsafeRawBufferPointer(
        start: zmq_msg_data(message), count: zmq_msg_size(message)))
  }
}

/// A frame on its way out: libzmq reads the bytes where they are and releases their owner after.
struct SentFrame {
  /// Below this a copy is cheaper than keeping the owner.
  private static let copiedByteCount = 512
  private final class Owner {
    let bytes: Bytes
    init(_ bytes: Bytes) { self.bytes = bytes }
  }

  private var message = zmq_msg_t()

  init(_ bytes: Bytes) {
    bytes.withUnsafeBytes { source in
      guard source.count > Self.copiedByteCount, let base = source.baseAddress else {
        zmq_msg_init_size(&message, source.count)
        if let base = source.baseAddress {
          zmq_msg_data(&message).copyMemory(from: base, byteCount: source.count)
        }
        return
      }
      // libzmq only reads; it frees through the callback, from its own thread.
      zmq_msg_init_data(
        &message, UnsafeMutableRawPointer(mutating: base), source.count,
        { _, owner in
          if let owner { Unmanaged<Owner>.fromOpaque(owner).release() }
        }, Unmanaged.passRetained(Owner(bytes)).toOpaque())
    }
  }

  mutating func send(on socket: UnsafeMutableRawPointer, flags: Int32) -> Bool {
    zmq_msg_send(&message, socket, flags) >= 0
  }

  mutating func discard() { zmq_msg_close(&message) }
}
