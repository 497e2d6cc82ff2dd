internal import TributaryCore
internal import TributaryWire

extension WorkerSession {
  mutating func assigned(_ task: TrainTask, _ welcome: Welcome, now: Double) -> [Action] {
    guard task.client == hello.client, task.runID == welcome.runID else {
      return [
        .send(
          .failed(
            TaskFailure(
              round: task.round, code: "task.misdirected",
              reason: "this worker serves client \(hello.client) in run \(welcome.runID)")))
      ]
    }
    assignedRound = task.round
    if let finished, finished.task == task { return [.send(.offer(finished.update.offer))] }
    if next == task { return [] }
    if current?.task == task { return pump(now: now) }
    return drop() + begin(task, now: now)
  }

  mutating func withdrawn(round: Int, now: Double) -> [Action] {
    if next?.round == round { next = nil }
    guard current?.task.round == round else { return [] }
    return [.log("round \(round): goes on without this worker", isWarning: true)] + drop()
  }

  mutating func settled(round: Int, _ rejected: String?) -> [Action] {
    guard let rejected else { return [.log("round \(round): update accepted", isWarning: false)] }
    return [.log("round \(round): update refused: \(rejected)", isWarning: true)]
  }

  /// What the disk had of the blobs looked up for `task`, verified.
  mutating func found(_ blobs: [Digest: Bytes], for task: TrainTask, now: Double) -> [Action] {
    training = nil
    for (digest, bytes) in blobs { hold(bytes, digest) }
    guard current?.task == task else { return beginNext(now: now) }
    return fetch(now: now)
  }

  mutating func trained(
    _ task: TrainTask, _ result: Result<PreparedUpdate, TaskFailure>, now: Double
  ) -> [Action] {
    training = nil
    guard current?.task == task else { return beginNext(now: now) }
    current = nil
    switch result {
    case .success(let update):
      finished = (task, update)
      return tell(.offer(update.offer)) + beginNext(now: now)
    case .failure(let failure):
      return [.log("round \(failure.round): failed: \(failure.reason)", isWarning: true)]
        + tell(.failed(failure)) + beginNext(now: now)
    }
  }

  mutating func received(_ chunk: Chunk, now: Double) -> [Action] {
    guard let task = current?.task, current?.receiver != nil else { return [] }
    do {
      for arrival in try current?.receiver?.received(chunk, now: now) ?? [] {
        hold(arrival.bytes, arrival.digest)
      }
      return pump(now: now)
    } catch {
      return abandon(task, error)
    }
  }

  func answer(_ fetch: Fetch) -> [Action] {
    let source: any BlobSource = finished.map { $0.update } ?? MemoryBlobs()
    guard let chunk = try? BlobSender.answer(fetch, from: source) else { return [] }
    return [.send(.chunk(chunk))]
  }

  /// Asks for what is missing while there is credit; trains once nothing is.
  mutating func pump(now: Double) -> [Action] {
    guard let task = current?.task, current?.receiver != nil else { return [] }
    var actions: [Action] = []
    if case .member = connection, assignedRound == task.round {
      while let fetch = current?.receiver?.nextFetch(now: now) {
        actions.append(.send(.fetch(fetch)))
      }
    }
    guard current?.receiver?.isComplete == true else { return actions }
    nextRequest = current?.receiver?.nextRequest ?? nextRequest
    current?.receiver = nil
    training = task
    return actions + [
      .log("round \(task.round): training", isWarning: false), .train(task, blobs),
    ]
  }

  /// Forgets the task under way; the training thread hears that it is not wanted.
  mutating func drop() -> [Action] {
    if let receiver = current?.receiver { nextRequest = receiver.nextRequest }
    current = nil
    next = nil
    return training == nil ? [] : [.cancelTraining]
  }

  private mutating func begin(_ task: TrainTask, now: Double) -> [Action] {
    guard training == nil else {
      next = task
      return []
    }
    current = Current(task: task)
    keepOnly(task)
    let missing = task.model.blobs.filter { !held.contains($0.digest) }
    guard usesDisk, !missing.isEmpty else { return fetch(now: now) }
    training = task
    return [.lookUp(task, missing)]
  }

  private mutating func beginNext(now: Double) -> [Action] {
    guard let task = next else { return [] }
    next = nil
    return begin(task, now: now)
  }

  private mutating func fetch(now: Double) -> [Action] {
    guard let task = current?.task else { return [] }
    var receiver = BlobReceiver(firstRequest: nextRequest)
    var byteCount = 0
    do {
      for blob in task.blobs where !held.contains(blob.digest) {
        byteCount += blob.byteCount
        if let empty = try receiver.want(blob.digest, count: blob.byteCount) {
          hold(empty.bytes, empty.digest)
        }
      }
    } catch {
      return abandon(task, error)
    }
    current?.receiver = receiver
    return [.log("round \(task.round): fetching \(byteCount) bytes", isWarning: false)]
      + pump(now: now)
  }

  private mutating func abandon(_ task: TrainTask, _ error: any Error) -> [Action] {
    let failure = TaskFailure(round: task.round, error: error)
    return drop() + [.log("round \(task.round): failed: \(failure.reason)", isWarning: true)]
      + tell(.failed(failure))
  }

  /// Says something to the coordinator if it listens; otherwise it asks again after the next Hello.
  private func tell(_ message: Message) -> [Action] {
    if case .member = connection { return [.send(message)] }
    return []
  }

  private mutating func hold(_ bytes: Bytes, _ digest: Digest) {
    blobs.insert(bytes, verified: digest)
    held.insert(digest)
  }

  /// The memory cache holds one task's blobs: the frozen ones stay from round to round.
  private mutating func keepOnly(_ task: TrainTask) {
    let wanted = Set(task.blobs.map(\.digest))
    for digest in held.subtracting(wanted) { blobs.remove(digest) }
    held.formIntersection(wanted)
  }
}

extension TaskFailure {
  /// What the coordinator hears of `error`.
  init(round: Int, error: any Error) {
    switch error {
    case let error as TributaryError:
      self.init(round: round, code: error.code, reason: error.description)
    case is CancellationError:
      self.init(round: round, code: "task.cancelled", reason: "cancelled")
    default: self.init(round: round, code: "task.failed", reason: "\(error)")
    }
  }
}
