internal import COneDNN

/// How many OpenMP threads the calling thread may use: for oneDNN and for the engine's own loops alike.
public enum ComputeThreads {
  /// With 1, everything runs on the calling thread. Results may depend on the count, so a run pins it.
  public static func pin(_ count: Int) {
    require(count >= 1, "ComputeThreads.pin: at least one thread, not \(count)")
    let context = ThreadContext.current
    guard context.threads != count else { return }
    omp_set_num_threads(Int32(count))
    context.threads = count
    context.primitives.removeAll()  // a primitive is planned for one number of threads
  }

  /// The count in force on the calling thread.
  public static var count: Int { ThreadContext.current.threads }
}

private struct ParallelLoop {
  let body: (Range<Int>) -> Void
  let count: Int
  let chunk: Int
}

/// Runs `body` over 0..<count in ranges of at least `grain`, on the calling thread's team.
@inline(__always)
func parallel(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
  if count <= grain {
    if count > 0 { body(0..<count) }
    return
  }
  onTeam(count, grain: grain, body)
}

private func onTeam(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
  let chunks = min(ThreadContext.current.threads, (count + grain - 1) / grain)
  guard chunks > 1 else { return body(0..<count) }
  // Chunks start at multiples of 64: a cache line apart, and on a block of random numbers.
  let even = (count + chunks - 1) / chunks
  let chunk = count >= 1024 ? (even + 63) / 64 * 64 : even
  withoutActuallyEscaping(body) { body in
    var loop = ParallelLoop(body: body, count: count, chunk: chunk)
    withUnsafeMutablePointer(to: &loop) { pointer in
      GOMP_parallel(
        { raw in
          guard let raw else { return }
          let loop = raw.assumingMemoryBound(to: ParallelLoop.self).pointee
          let step = loop.chunk * Int(omp_get_num_threads())
          var start = loop.chunk * Int(omp_get_thread_num())
          while start < loop.count {
            loop.body(start..<min(loop.count, start + loop.chunk))
            start += step
          }
        }, pointer, UInt32(chunks), 0)
    }
  }
}

/// Enough element-wise work to pay for waking the team.
let elementGrain = 16384
