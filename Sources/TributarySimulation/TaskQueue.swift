internal import Foundation
internal import TributaryCore
internal import TributaryCoordinator
internal import TributaryWire
internal import TributaryWorker

/// Tasks that wait for a thread, and what the threads are at.
final class TaskQueue: @unchecked Sendable {
  // Safety of @unchecked: everything below `condition` is read and written only while it is held.
  struct Item: Sendable {
    let task: TrainTask
    let blobs: any BlobSource
    let cancellation = Cancellation()
  }

  private let condition = NSCondition()
  private let largestUnsettled: Int
  private var waiting: [Item] = []
  /// The position in `waiting` of the next task; what is before it has been taken.
  private var head = 0
  private var queued: Set<ClientID> = []
  private var running: [ClientID: Cancellation] = [:]
  private var unsettled = 0
  private var threads = 0
  private var isClosed = false
  private var idleHandler: (@Sendable () -> Void)?
  private var traffic = Traffic()
  private var served: Set<ClientID> = []
  private var round = 0
  private var finishedCount = 0
  private var assignedCount = 0

  init(largestUnsettled: Int) { self.largestUnsettled = largestUnsettled }

  /// Adds a task; a former one of the same client is given up. Returns whether `count` threads have to
  /// be started: the first time.
  func put(_ item: Item, starting count: Int) -> Bool {
    condition.withLock {
      guard !isClosed else { return false }
      let task = item.task
      giveUp(task.client)
      if task.round != round { (round, finishedCount, assignedCount) = (task.round, 0, 0) }
      assignedCount += 1
      traffic.bytesDown += task.globals.reduce(0) { $0 + $1.byteCount }
      if served.insert(task.client).inserted {
        traffic.bytesDown += task.model.tensors.reduce(0) { $0 + $1.byteCount }
        traffic.bytesDown += task.model.assets.reduce(0) { $0 + $1.byteCount }
      }
      waiting.append(item)
      queued.insert(task.client)
      condition.signal()
      guard threads == 0 else { return false }
      threads = count
      return true
    }
  }

  /// The next task, as soon as there is one and room for its update; nil once closed.
  func take() -> Item? {
    condition.withLock {
      while !isClosed && (head == waiting.count || unsettled + running.count >= largestUnsettled) {
        condition.wait()
      }
      guard !isClosed else { return nil }
      let item = waiting[head]
      head += 1
      if head == waiting.count { (waiting, head) = ([], 0) }
      queued.remove(item.task.client)
      running[item.task.client] = item.cancellation
      return item
    }
  }

  /// Takes the result of a task; nil where nobody wants it any more.
  func finished(_ item: Item, with event: PoolEvent) -> InProcessPool.Progress? {
    condition.withLock {
      let client = item.task.client
      defer { condition.broadcast() }
      guard !isClosed, running[client] === item.cancellation else { return nil }
      running[client] = nil
      finishedCount += 1
      if case .updated(_, let bytesUp) = event {
        unsettled += 1
        traffic.bytesUp += bytesUp
      }
      return InProcessPool.Progress(
        round: item.task.round, client: client, finished: finishedCount, assigned: assignedCount)
    }
  }

  func settle() {
    condition.withLock {
      unsettled -= 1
      condition.broadcast()
    }
  }

  func withdraw(round: Int, client: ClientID) {
    condition.withLock {
      giveUp(client)
      condition.broadcast()
    }
  }

  func takeTraffic() -> Traffic {
    condition.withLock {
      defer { traffic = Traffic() }
      return traffic
    }
  }

  /// Ends all threads, those at a task as soon as it looks at its cancellation.
  func close() {
    condition.withLock {
      isClosed = true
      for cancellation in running.values { cancellation.cancel() }
      (waiting, head, queued) = ([], 0, [])
      condition.broadcast()
    }
  }

  func threadEnded() {
    let handler = condition.withLock {
      threads -= 1
      return threads == 0 ? idleHandler : nil
    }
    handler?()
  }

  /// Calls `handler` once no thread is left.
  func whenIdle(_ handler: @escaping @Sendable () -> Void) {
    let isIdle = condition.withLock {
      if threads > 0 { idleHandler = handler }
      return threads == 0
    }
    if isIdle { handler() }
  }

  private func giveUp(_ client: ClientID) {
    if queued.remove(client) != nil,
      let index = waiting[head...].firstIndex(where: { $0.task.client == client })
    {
      waiting.remove(at: index)
    }
    running.removeValue(forKey: client)?.cancel()
  }
}
