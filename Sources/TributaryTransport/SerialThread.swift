internal import Glibc

/// A thread that runs what it is given, in order, on one stack: the same thread every time, so that
/// a library's per-thread state (OpenMP's pool) is built once.
public final class SerialThread: Sendable {
  private let inbox = Inbox()

  /// - Parameter stackByteCount: training recurses deeply; address space is free until it is used.
  public init(stackByteCount: Int) {
    NativeThread.start(stackByteCount: stackByteCount) { [inbox] in
      while !inbox.isClosed {
        var item = pollfd(fd: inbox.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&item, 1, -1)
        for work in inbox.drain() { work() }
      }
    }
  }

  deinit {
    let inbox = inbox
    _ = inbox.post { _ = inbox.close() }
  }

  public func perform(_ work: @escaping @Sendable () -> Void) { _ = inbox.post(work) }
}
