internal import Glibc
internal import Synchronization

/// Buffers that come back: a training step of fixed shape allocates nothing new after the first.
///
/// Sizes are rounded up to classes (four to each power of two), each with a list of idle buffers.
public enum MemoryPool {
  public struct Statistics: Sendable, Equatable {
    /// Buffers asked of the system so far.
    public var allocations = 0
    /// Bytes held, in use or idle.
    public var bytes = 0
    public var idleBytes = 0
  }

  public static var statistics: Statistics { state.withLock { $0.statistics } }

  /// Gives idle buffers back to the system.
  public static func trim() {
    state.withLock { state in
      for index in state.idle.indices {
        for buffer in state.idle[index] { free(buffer) }
        state.statistics.bytes -= state.idle[index].count * sizeClass(at: index)
        state.idle[index].removeAll()
      }
      state.statistics.idleBytes = 0
    }
  }

  /// Beyond this many idle bytes a buffer goes back to the system at once: a quarter of the machine's memory,
  /// because several workers may share it.
  private static let idleLimit = min(
    8 << 30, Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE))) / 4)
  private static let smallest = 64
  private static let hugePage = 2 << 20

  private struct State: @unchecked Sendable {
    // Safety of @unchecked: idle buffers are owned by the list they are in, which the lock guards.
    var idle = [[UnsafeMutableRawPointer]](repeating: [], count: 4 * 58)
    var statistics = Statistics()
  }

  private static let state = Mutex(State())

  /// The class whose buffers hold `byteCount` bytes.
  static func classIndex(for byteCount: Int) -> Int {
    let quarters = max(0, (max(byteCount, smallest) - 1) / smallest)
    if quarters < 4 { return quarters }
    let top = Int.bitWidth - 1 - quarters.leadingZeroBitCount
    return 4 * (top - 1) + (quarters >> (top - 2)) - 4
  }

  static func sizeClass(at index: Int) -> Int {
    if index < 4 { return smallest * (index + 1) }
    let top = index / 4 + 1
    return smallest * ((index % 4 + 5) << (top - 2))
  }

  static func take(classIndex: Int) -> UnsafeMutableRawPointer {
    let pooled = state.withLock { state -> UnsafeMutableRawPointer? in
      if let buffer = state.idle[classIndex].popLast() {
        state.statistics.idleBytes -= sizeClass(at: classIndex)
        return buffer
      }
      state.statistics.allocations += 1
      state.statistics.bytes += sizeClass(at: classIndex)
      return nil
    }
    return pooled ?? allocate(sizeClass(at: classIndex))
  }

  static func give(_ buffer: UnsafeMutableRawPointer, classIndex: Int) {
    let size = sizeClass(at: classIndex)
    let kept = state.withLock { state in
      if state.statistics.idleBytes + size > idleLimit {
        state.statistics.bytes -= size
        return false
      }
      state.idle[classIndex].append(buffer)
      state.statistics.idleBytes += size
      return true
    }
    if !kept { free(buffer) }
  }

  private static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
    var pointer: UnsafeMutableRawPointer?
    let large = size >= hugePage
    let status = posix_memalign(&pointer, large ? hugePage : 64, size)
    guard status == 0, let pointer else {
      refuse("out of memory: \(size) bytes for a tensor")
    }
    if large { madvise(pointer, size, MADV_HUGEPAGE) }
    return pointer
  }
}
