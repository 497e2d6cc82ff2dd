import Foundation
import Logging
import Synchronization
import TributaryCore
import TributaryCoordinator
import TributaryTransport
import TributaryWire
import TributaryWorker

/// A task over real tensors, and the trainer that answers it: the delta is the globals, negated.
struct PoolFixture {
  static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  static let quick = SessionTiming(heartbeatSeconds: 0.1, leaseSeconds: 0.5)

  let frozen: HostTensor
  let globals: ParameterTree<HostTensor>
  let asset = Bytes(copying: Array("{\"classes\": 10}".utf8))
  let blobs: MemoryBlobs

  /// - Parameter count: elements of the largest tensor that moves.
  init(count: Int = 1000, frozenCount: Int = 5000) {
    func tensor(_ count: Int, _ seed: UInt64) -> HostTensor {
      var random = RandomKey(seed: seed).generator
      return HostTensor((0..<count).map { _ in random.uniform() }, shape: [count])
    }
    frozen = tensor(frozenCount, 1)
    globals = ["fc.weight": tensor(count, 2), "fc.bias": tensor(10, 3), "empty": tensor(0, 4)]
    blobs = MemoryBlobs(
      tensors: globals.merging(["conv.weight": frozen]), assets: [asset])
  }

  func task(_ client: String, round: Int = 1) throws -> TrainTask {
    TrainTask(
      runID: "run", round: round, client: try ClientID(client),
      model: ModelManifest(
        architecture: "mlp",
        assets: [
          AssetEntry(name: "config.json", byteCount: asset.count, digest: Digest(of: asset))
        ],
        tensors: [TensorEntry(name: "conv.weight", tensor: frozen)]),
      globals: globals.map { TensorEntry(name: $0, tensor: $1) }.values, settings: "{}",
      key: RandomKey(seed: 1))
  }
}

/// Negates what it is given; counts how often it was asked.
final class NegatingTrainer: TaskTrainer {
  struct Behaviour {
    var seconds = 0.0
    var error: TributaryError?
    var spoil = false
  }
  private let calls = Mutex(0)
  private let behaviour: Behaviour

  init(_ behaviour: Behaviour = Behaviour()) { self.behaviour = behaviour }

  var callCount: Int { calls.withLock { $0 } }

  func train(
    _ task: TrainTask, blobs: any BlobSource, cancellation: Cancellation
  ) throws -> ClientUpdate {
    calls.withLock { $0 += 1 }
    let clock = SystemClock()
    let end = clock.seconds + behaviour.seconds
    while clock.seconds < end {
      try cancellation.check()
      usleep(2000)
    }
    if let error = behaviour.error { throw error }
    for blob in task.blobs {
      guard let bytes = blobs.blob(blob.digest), Digest(of: bytes) == blob.digest else {
        throw TributaryError("test.blob", "blob missing")
      }
    }
    var delta: [String: HostTensor] = [:]
    for entry in task.globals {
      var values = blobs.blob(entry.digest)?.array(of: Float.self).map { -$0 } ?? []
      if behaviour.spoil, !values.isEmpty { values[0] = .nan }
      delta[entry.name] = HostTensor(values, shape: entry.shape)
    }
    return ClientUpdate(
      runID: task.runID, round: task.round, client: task.client, exampleCount: 7,
      delta: ParameterTree(delta), metrics: ["loss": 0.5, "bad": .nan])
  }
}

/// Reads a pool's events one by one, with a limit on waiting.
final class EventReader: Sendable {
  private struct State {
    var events: [PoolEvent] = []
    var next = 0
  }
  private let state = Mutex(State())

  init(_ pool: any ClientPool) {
    // One reader for the whole life: a cancelled reader would end an AsyncStream.
    Task { [weak self] in
      for await event in pool.events { self?.state.withLock { $0.events.append(event) } }
    }
  }

  func first<Result: Sendable>(
    within seconds: Double = 8, _ pick: (PoolEvent) -> Result?
  ) async -> Result? {
    let clock = SystemClock()
    let end = clock.seconds + seconds
    while clock.seconds < end {
      let event = state.withLock { state -> PoolEvent? in
        guard state.next < state.events.count else { return nil }
        state.next += 1
        return state.events[state.next - 1]
      }
      if let event {
        if let result = pick(event) { return result }
      } else {
        try? await Task.sleep(for: .milliseconds(1))
      }
    }
    return nil
  }

  func joined() async -> ClientInfo? {
    await first { if case .joined(let info) = $0 { info } else { nil } }
  }

  func updated() async -> (ClientUpdate, Int)? {
    await first { if case .updated(let update, let bytes) = $0 { (update, bytes) } else { nil } }
  }

  func failed() async -> String? {
    await first { if case .failed(_, _, let reason) = $0 { reason } else { nil } }
  }

  func refused() async -> String? {
    await first { if case .refused(let line) = $0 { line } else { nil } }
  }

  func left() async -> String? {
    await first { if case .left(_, let reason) = $0 { reason } else { nil } }
  }
}

/// A key folder in a temporary place.
final class ClusterKeys: Sendable {
  let path = FileManager.default.temporaryDirectory.path + "/cluster-" + UUID().uuidString
  init() throws { try KeyFolder(path).generate(workers: ["worker"]) }
  deinit { try? FileManager.default.removeItem(atPath: path) }
  var coordinator: CoordinatorSecurity { get throws { try KeyFolder(path).coordinatorSecurity() } }
  var worker: WorkerSecurity {
    get throws { try KeyFolder(KeyFolder(path).workerFolder("worker")).workerSecurity() }
  }
}
