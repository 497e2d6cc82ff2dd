import Synchronization
import TributaryCore
import TributaryCoordinator
import TributaryWire

/// A pool whose clients do what a test tells them, when it tells them.
///
/// `respond` sees every assigned task, and every one delivered again to a client that returns.
final class ScriptedPool: ClientPool {
  typealias Response = @Sendable (ScriptedPool, TrainTask, any BlobSource) async -> Void

  private struct State {
    var tasks: [ClientID: (TrainTask, any BlobSource)] = [:]
    var withdrawn: [ClientID] = []
    var settled: [(ClientID, String?)] = []
    var outcome: RunOutcome?
    var assigned: [TrainTask] = []
    var returned = false
  }

  let events: AsyncStream<PoolEvent>
  private let continuation: AsyncStream<PoolEvent>.Continuation
  private let state = Mutex(State())
  private let respond: Response

  init(joined clients: [ClientID] = [], respond: @escaping Response = { _, _, _ in }) {
    (events, continuation) = AsyncStream.makeStream(of: PoolEvent.self)
    self.respond = respond
    for client in clients { send(.joined(Self.info(client))) }
  }

  /// Clients that do their tasks at once.
  static func learning(_ clients: [ClientID]) -> ScriptedPool {
    ScriptedPool(joined: clients) { pool, task, blobs in pool.train(task, blobs) }
  }

  static func info(_ client: ClientID) -> ClientInfo {
    ClientInfo(
      client: client, worker: "worker-" + client.name, exampleCount: 10, software: "test",
      processor: "test")
  }

  var withdrawn: [ClientID] { state.withLock { $0.withdrawn } }
  var settled: [(ClientID, String?)] { state.withLock { $0.settled } }
  /// A mark for the script.
  var returned: Bool {
    get { state.withLock { $0.returned } }
    set { state.withLock { $0.returned = newValue } }
  }
  var outcome: RunOutcome? { state.withLock { $0.outcome } }
  var assigned: [TrainTask] { state.withLock { $0.assigned } }

  func send(_ event: PoolEvent) { continuation.yield(event) }

  func train(_ task: TrainTask, _ blobs: any BlobSource) {
    do {
      send(.updated(try Self.update(task, blobs), bytesUp: 20))
    } catch {
      send(.failed(task.client, round: task.round, reason: "\(error)"))
    }
  }

  static func update(_ task: TrainTask, _ blobs: any BlobSource) throws -> ClientUpdate {
    let number = Int(task.client.name.suffix(4)) ?? 0
    return try LineClient(task.client, count: 10 + 3 * number).train(task, blobs: blobs)
  }

  /// A client is back: its pending task is delivered again, as a real pool does.
  func rejoin(_ client: ClientID) async {
    send(.joined(Self.info(client)))
    if let (task, blobs) = state.withLock({ $0.tasks[client] }) { await respond(self, task, blobs) }
  }

  func assign(_ task: TrainTask, blobs: any BlobSource) async {
    state.withLock {
      $0.tasks[task.client] = (task, blobs)
      $0.assigned.append(task)
    }
    await respond(self, task, blobs)
  }

  func withdraw(round _: Int, client: ClientID) async {
    state.withLock {
      $0.tasks[client] = nil
      $0.withdrawn.append(client)
    }
  }

  func settle(round _: Int, client: ClientID, rejected reason: String?) async {
    state.withLock {
      $0.tasks[client] = nil
      $0.settled.append((client, reason))
    }
  }

  func takeTraffic() async -> Traffic { Traffic(bytesDown: 100, bytesUp: 50) }

  func finish(_ outcome: RunOutcome) async {
    state.withLock { $0.outcome = outcome }
    continuation.finish()
  }
}
