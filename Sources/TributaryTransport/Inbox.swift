internal import Glibc
internal import Synchronization

/// Work posted to an endpoint's thread, and the file descriptor that wakes the thread for it.
final class Inbox: Sendable {
  private struct State {
    var work: [@Sendable () -> Void] = []
    var isClosed = false
  }
  private let state = Mutex(State())
  /// Readable while there is work: the reading end of a pipe that holds one octet then.
  let descriptor: Int32
  private let writingEnd: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    let status = pipe(&ends)
    precondition(status == 0, "no file descriptor left for a wake-up")
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    descriptor = ends[0]
    writingEnd = ends[1]
  }

  deinit {
    Glibc.close(descriptor)
    Glibc.close(writingEnd)
  }

  /// False once closed: the work will not run.
  func post(_ work: @escaping @Sendable () -> Void) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      state.work.append(work)
      if state.work.count == 1 {
        var octet: UInt8 = 1
        write(writingEnd, &octet, 1)
      }
      return true
    }
  }

  func drain() -> [@Sendable () -> Void] {
    state.withLock { state in
      guard !state.work.isEmpty else { return [] }
      var octet: UInt8 = 0
      read(descriptor, &octet, 1)
      defer { state.work = [] }
      return state.work
    }
  }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// No more work is taken; returns what was left.
  func close() -> [@Sendable () -> Void] {
    state.withLock { state in
      state.isClosed = true
      defer { state.work = [] }
      return state.work
    }
  }
}
