internal import Foundation
public import TributaryCore
public import TributaryCoordinator
public import TributaryWire
public import TributaryWorker

/// All clients of a run in this process: the round engine of the cluster, and tasks done by a few
/// threads for many clients.
///
/// All clients are there from the beginning. Which thread does which task, and in what order the
/// updates arrive, changes no bit of the result: a task says all that its update depends on, and the
/// sum is exact. At most `2 * threads` updates wait to be folded in; threads pause until there is room.
public final class InProcessPool: ClientPool {
  /// What has been done of the open round, for people.
  public struct Progress: Sendable, Equatable {
    public var round: Int
    public var client: ClientID
    public var finished: Int
    public var assigned: Int
  }

  public let events: AsyncStream<PoolEvent>
  private let continuation: AsyncStream<PoolEvent>.Continuation
  private let queue: TaskQueue
  private let trainer: any TaskTrainer
  private let threadCount: Int
  private let progress: (@Sendable (Progress) -> Void)?

  /// A stack that deep recursion through a gradient's graph does not fill.
  private static let stackByteCount = 64 << 20

  /// - Parameters:
  ///   - clients: each once.
  ///   - trainer: called on `threads` threads at once.
  ///   - threads: how many tasks are done at once; cores divided by `local.threads` is right.
  ///   - progress: called on the thread that finished a client's task.
  public init(
    clients: [ClientInfo], trainer: any TaskTrainer, threads: Int,
    progress: (@Sendable (Progress) -> Void)? = nil
  ) {
    (events, continuation) = AsyncStream.makeStream(of: PoolEvent.self)
    self.trainer = trainer
    threadCount = max(1, threads)
    self.progress = progress
    queue = TaskQueue(largestUnsettled: 2 * max(1, threads))
    for client in clients { continuation.yield(.joined(client)) }
  }

  deinit { queue.close() }

  public func assign(_ task: TrainTask, blobs: any BlobSource) async {
    if queue.put(TaskQueue.Item(task: task, blobs: blobs), starting: threadCount) {
      for _ in 0..<threadCount { startThread() }
    }
  }

  public func withdraw(round: Int, client: ClientID) async {
    queue.withdraw(round: round, client: client)
  }

  public func settle(round _: Int, client _: ClientID, rejected _: String?) async {
    queue.settle()
  }

  /// What the same tasks and updates would take over a network, tensors and files only: each client
  /// gets the frozen tensors and the model's files once, the moving tensors each round.
  public func takeTraffic() async -> Traffic { queue.takeTraffic() }

  public func finish(_: RunOutcome) async {
    queue.close()
    await withCheckedContinuation { done in queue.whenIdle { done.resume() } }
    continuation.finish()
  }

  private func startThread() {
    let thread = Thread { [queue, trainer, continuation, progress] in
      while let item = queue.take() {
        let event = Self.result(of: item, by: trainer)
        guard let report = queue.finished(item, with: event) else { continue }
        continuation.yield(event)
        progress?(report)
      }
      queue.threadEnded()
    }
    thread.stackSize = Self.stackByteCount
    thread.name = "client"
    thread.start()
  }

  private static func result(of item: TaskQueue.Item, by trainer: any TaskTrainer) -> PoolEvent {
    do {
      let update = try trainer.train(
        item.task, blobs: item.blobs, cancellation: item.cancellation)
      return .updated(update, bytesUp: update.delta.values.reduce(0) { $0 + $1.bytes.count })
    } catch {
      return .failed(item.task.client, round: item.task.round, reason: "\(error)")
    }
  }
}
