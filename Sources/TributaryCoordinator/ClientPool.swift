public import TributaryCore
public import TributaryWire

/// Where a run's clients are: over ZeroMQ in deployment, in the same process in simulation.
///
/// The round engine assigns tasks and reads events; delivery, retries after a reconnect, transfer
/// and heartbeats are the pool's business.
public protocol ClientPool: Sendable {
  /// What happens, in order; ends after `finish`. Read by one task from beginning to end: an
  /// `AsyncStream` whose reader is cancelled is over.
  var events: AsyncStream<PoolEvent> { get }

  /// Gives `task` to its client. A client that is away gets it when it returns, until it is
  /// withdrawn; assigning the same client again replaces its former task.
  ///
  /// `blobs` must hold all that the task's manifests name until the task is settled or withdrawn.
  func assign(_ task: TrainTask, blobs: any BlobSource) async

  /// The round goes on without this client: whatever it still sends for it is dropped.
  func withdraw(round: Int, client: ClientID) async

  /// The answer to `PoolEvent.updated`, due for every one of them: nil once the update is folded in
  /// (or was not wanted any more), or why it was refused. A pool holds a bounded number of updates
  /// that await their answer and fetches the next one only then, so that memory does not grow with
  /// the number of clients.
  func settle(round: Int, client: ClientID, rejected reason: String?) async

  /// Bytes sent and received since the last call, headers and heartbeats included.
  func takeTraffic() async -> Traffic

  /// Tells every client why the run is over, then closes and ends `events`.
  func finish(_ outcome: RunOutcome) async
}

/// What a pool reports.
public enum PoolEvent: Sendable, Equatable {
  /// A client is ready for tasks. It may join again without having left: its worker restarted.
  case joined(ClientInfo)
  /// A client is gone (said goodbye, or its lease lapsed). It may join again.
  case left(ClientID, reason: String)
  /// An update that matches its task: names, types and shapes of the task's tensors, all finite,
  /// bytes verified. `bytesUp` is what its transfer took. Answer with `ClientPool.settle`.
  case updated(ClientUpdate, bytesUp: Int)
  /// A client could not do its task, or returned something unusable. Its task is over.
  case failed(ClientID, round: Int, reason: String)
  /// Somebody was turned away: one line for the log.
  case refused(String)
}

/// What a client says of itself when it joins.
public struct ClientInfo: Sendable, Equatable {
  public var client: ClientID
  /// The name of the worker process that serves the client.
  public var worker: String
  public var exampleCount: Int
  /// Name and version of the worker's software.
  public var software: String
  /// The worker's processor, for reports.
  public var processor: String

  public init(
    client: ClientID, worker: String, exampleCount: Int, software: String, processor: String
  ) {
    self.client = client
    self.worker = worker
    self.exampleCount = exampleCount
    self.software = software
    self.processor = processor
  }
}

/// Bytes on the wire.
public struct Traffic: Sendable, Equatable {
  /// From the coordinator to clients.
  public var bytesDown: Int
  /// From clients to the coordinator.
  public var bytesUp: Int

  public init(bytesDown: Int = 0, bytesUp: Int = 0) {
    self.bytesDown = bytesDown
    self.bytesUp = bytesUp
  }
}
