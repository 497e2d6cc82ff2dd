internal import COneDNN
internal import Synchronization

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

/// Pieces of work of which each thread takes the next when it is done with one: a core that others use too does
/// fewer. Which thread did a piece must not matter to its result.
private struct PieceQueue {
  let body: (Int) -> Void
  let count: Int
  let taken: Counter

  final class Counter: Sendable {
    let value = Atomic(0)
  }
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
  let threads = ThreadContext.current.threads
  guard threads > 1 else { return body(0..<count) }
  let chunks = min(chunksPerThread * threads, (count + grain - 1) / grain)
  // Chunks start at multiples of 64: a cache line apart, and on a block of random numbers.
  let even = (count + chunks - 1) / chunks
  let chunk = count >= 1024 ? (even + 63) / 64 * 64 : even
  eachInTurn((count + chunk - 1) / chunk) {
    body($0 * chunk..<min(count, ($0 + 1) * chunk))
  }
}

/// Enough that threads end together, few enough that starting one costs nothing.
private let chunksPerThread = 4

/// Runs `body` for each of 0..<count, begun in this order, on the calling thread's team.
func eachInTurn(_ count: Int, _ body: (Int) -> Void) {
  let threads = min(ThreadContext.current.threads, count)
  guard threads > 1 else { return (0..<count).forEach(body) }
  withoutActuallyEscaping(body) { body in
    var queue = PieceQueue(body: body, count: count, taken: PieceQueue.Counter())
    withUnsafeMutablePointer(to: &queue) { pointer in
      GOMP_parallel(
        { raw in
          guard let raw else { return }
          let queue = raw.assumingMemoryBound(to: PieceQueue.self).pointee
          while true {
            let piece = queue.taken.value.add(1, ordering: .relaxed).oldValue
            guard piece < queue.count else { return }
            queue.body(piece)
          }
        }, pointer, UInt32(threads), 0)
    }
  }
}

/// Enough element-wise work to pay for waking the team.
let elementGrain = 16384
