internal import COneDNN
internal import Glibc
internal import Synchronization

/// Threads in the midst of work of many steps that depend on each other: woken once, not once a step.
final class ComputeTeam: Sendable {
  private let arrived = Atomic(0)
  private let step = Atomic(0)

  /// One thread's place in a team.
  struct Member {
    let index: Int
    /// Members of the team.
    let count: Int
    fileprivate let team: ComputeTeam

    /// Waits until every member is here.
    func meet() { if count > 1 { team.meet(count) } }
  }

  private struct Work {
    let team: ComputeTeam
    let body: (Member) -> Void
  }

  /// Runs `body` once on each of up to `count` threads of the calling thread's team.
  static func run(_ count: Int, _ body: (Member) -> Void) {
    let count = min(ThreadContext.current.threads, count)
    let team = ComputeTeam()
    guard count > 1 else { return body(Member(index: 0, count: 1, team: team)) }
    withoutActuallyEscaping(body) { body in
      var work = Work(team: team, body: body)
      withUnsafeMutablePointer(to: &work) { pointer in
        GOMP_parallel(
          { raw in
            guard let raw else { return }
            let work = raw.assumingMemoryBound(to: Work.self).pointee
            work.body(
              Member(
                index: Int(omp_get_thread_num()), count: Int(omp_get_num_threads()),
                team: work.team))
          }, pointer, UInt32(count), 0)
      }
    }
  }

  /// Members come close after each other, so they look a while before they let others compute: on a machine
  /// that others use, the one who is waited for may need this very core.
  private func meet(_ count: Int) {
    let current = step.load(ordering: .relaxed)
    if arrived.add(1, ordering: .acquiringAndReleasing).newValue == count {
      arrived.store(0, ordering: .relaxed)
      step.store(current + 1, ordering: .releasing)
      return
    }
    var looks = 0
    while step.load(ordering: .acquiring) == current {
      looks += 1
      if looks > 4096 { sched_yield() }
    }
  }
}
