internal import Logging
internal import TributaryCore
internal import TributaryTransport
internal import TributaryWire

/// Carries out what `WorkerSession` decides: sockets on one side, the training thread on the other.
///
/// Safety of @unchecked: everything mutable is touched on the endpoint's thread only; the training
/// thread gets values and posts its results back.
final class WorkerDriver: EndpointDriver, @unchecked Sendable {
  private static let stackByteCount = 64 << 20

  private let trainer: any TaskTrainer
  private let cache: BlobCache?
  private let log: Logger
  private let keyFile: String
  private let clock = SystemClock()
  private let trainingThread = SerialThread(stackByteCount: stackByteCount)
  private var session: WorkerSession
  private var cancellation = Cancellation()
  private var completion: ((Result<WorkerExit, any Error>) -> Void)?
  private var outcome: Result<WorkerExit, any Error> = .success(.stopped)

  init(
    _ configuration: WorkerConfiguration, trainer: any TaskTrainer, cache: BlobCache?, log: Logger,
    completion: @escaping (Result<WorkerExit, any Error>) -> Void
  ) {
    self.trainer = trainer
    self.cache = cache
    self.log = log
    self.completion = completion
    keyFile = configuration.coordinatorKeyFile
    session = WorkerSession(
      hello: Hello(
        worker: configuration.name, client: configuration.client,
        exampleCount: configuration.exampleCount, software: configuration.software,
        processor: configuration.processor, instance: .fresh()),
      address: configuration.coordinator, patienceSeconds: configuration.patienceSeconds,
      usesDisk: cache != nil, now: clock.seconds)
  }

  var wakeAt: Double? { session.wakeAt }

  func handle(_ event: EndpointEvent, on endpoint: any Endpoint) {
    let now = clock.seconds
    switch event {
    case .connected: perform(session.connected(now: now), on: endpoint)
    case .disconnected: perform(session.disconnected(now: now), on: endpoint)
    case .failed(let failure):
      perform(session.failed(failure, keyFile: keyFile, now: now), on: endpoint)
    case .received(let frames, _): received(frames, on: endpoint, now: now)
    case .woke: perform(session.tick(now: now), on: endpoint)
    case .turnedAway: break
    case .closed: finish(outcome)
    }
  }

  func stop(on endpoint: any Endpoint) { perform(session.stop(), on: endpoint) }

  /// The worker's run is over: told once.
  func finish(_ result: Result<WorkerExit, any Error>) {
    completion?(result)
    completion = nil
  }

  private func received(_ frames: [Bytes], on endpoint: any Endpoint, now: Double) {
    do {
      perform(session.received(try Message(frames: frames), now: now), on: endpoint)
    } catch let error as TributaryError {
      perform(session.receivedGarbage(error), on: endpoint)
    } catch {
      log.warning("ignored from the coordinator: \(error)")
    }
  }

  private func perform(_ actions: [WorkerSession.Action], on endpoint: any Endpoint) {
    for action in actions {
      switch action {
      case .send(let message): send(message, on: endpoint)
      case .lookUp(let task, let blobs): lookUp(task, blobs, on: endpoint)
      case .train(let task, let blobs): train(task, blobs, on: endpoint)
      case .cancelTraining: cancellation.cancel()
      case .log(let line, isWarning: true): log.warning("\(line)")
      case .log(let line, isWarning: false): log.info("\(line)")
      case .end(let end):
        outcome = Self.result(end)
        endpoint.close()
      }
    }
  }

  private func send(_ message: Message, on endpoint: any Endpoint) {
    do {
      endpoint.send(try message.frames(), to: .coordinator)
    } catch {
      log.error("cannot send \(message.kind): \(error)")
    }
  }

  private func lookUp(_ task: TrainTask, _ blobs: [BlobSize], on endpoint: any Endpoint) {
    trainingThread.perform { [weak self] in
      guard let self else { return }
      var found: [Digest: Bytes] = [:]
      for blob in blobs { found[blob.digest] = cache?.read(blob) }
      let result = found
      endpoint.perform { [self] in
        perform(session.found(result, for: task, now: clock.seconds), on: endpoint)
      }
    }
  }

  private func train(_ task: TrainTask, _ blobs: MemoryBlobs, on endpoint: any Endpoint) {
    let cancellation = Cancellation()
    self.cancellation = cancellation
    trainingThread.perform { [weak self] in
      guard let self else { return }
      keep(task, blobs)
      let result = Self.result(of: task) {
        try cancellation.check()
        return try self.trainer.train(task, blobs: blobs, cancellation: cancellation)
      }
      endpoint.perform { [self] in
        perform(session.trained(task, result, now: clock.seconds), on: endpoint)
      }
    }
  }

  /// Writes to disk what later runs need again: never the tensors that change with every round.
  private func keep(_ task: TrainTask, _ blobs: MemoryBlobs) {
    guard let cache else { return }
    do {
      for blob in task.model.blobs {
        if let bytes = blobs.blob(blob.digest) { try cache.write(bytes, digest: blob.digest) }
      }
    } catch {
      log.warning("the cache is not kept: \(error)")
    }
  }

  private static func result(
    of task: TrainTask, _ body: () throws -> ClientUpdate
  ) -> Result<PreparedUpdate, TaskFailure> {
    do {
      return .success(PreparedUpdate(try body()))
    } catch {
      return .failure(TaskFailure(round: task.round, error: error))
    }
  }

  private static func result(_ end: WorkerSession.WorkerEnd) -> Result<WorkerExit, any Error> {
    switch end {
    case .completed(let rounds, let digest): .success(.completed(rounds: rounds, digest: digest))
    case .stopped: .success(.stopped)
    case .failed(let error): .failure(error)
    }
  }
}
