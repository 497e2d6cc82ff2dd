internal import CZeroMQ
internal import Glibc
internal import TributaryCore

/// A ZeroMQ context of one endpoint: its I/O threads and its own `inproc` names.
final class ZeroMQContext {
  let handle: UnsafeMutableRawPointer

  init(ioThreads: Int32) throws {
    guard let handle = zmq_ctx_new() else { throw ZeroMQSocket.failure("zmq_ctx_new") }
    zmq_ctx_set(handle, ZMQ_IO_THREADS, ioThreads)
    self.handle = handle
  }

  // Waits until what the sockets' linger allows is sent; all sockets are closed by then.
  deinit { while zmq_ctx_term(handle) != 0, zmq_errno() == EINTR {} }
}
