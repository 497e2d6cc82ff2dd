internal import Synchronization
public import TributaryCore
public import TributaryData
internal import TributaryTensor
internal import TributaryTransfer
public import TributaryWire

/// Does tasks with real models: one client's in deployment, many clients' in simulation.
///
/// What is the same for all tasks of a run (the architecture, the frozen tensors, the prepared
/// examples, cached features) is built once and shared by every thread.
public final class ModelTaskTrainer: TaskTrainer {
  private let examples: ClientExamples
  private let studio = Mutex<TaskStudio?>(nil)

  public init(_ examples: ClientExamples) { self.examples = examples }

  public func train(
    _ task: TrainTask, blobs: any BlobSource, cancellation: Cancellation
  ) throws -> ClientUpdate {
    let clock = SystemClock()
    let start = clock.seconds
    let studio = try studio(for: task, blobs: blobs)
    let moving = try studio.moving(of: task, blobs: blobs)
    let shard = try studio.examples(
      of: task.client, among: examples, cancellation: cancellation)
    let result = try studio.trainer.train(
      moving: moving, frozen: studio.frozen, examples: shard, key: task.key,
      watch: .init(isCancelled: { cancellation.isCancelled }))
    let delta = withoutGradient {
      moving.compactMap { name, old in result.moving[name].map { ($0 - old).host() } }
    }
    return ClientUpdate(
      runID: task.runID, round: task.round, client: task.client, exampleCount: shard.count,
      delta: delta,
      metrics: [
        "loss": result.loss, "accuracy": result.accuracy, "seconds": clock.seconds - start,
      ])
  }

  /// The studio of the task's run; built by the first task while the others wait.
  private func studio(for task: TrainTask, blobs: any BlobSource) throws -> TaskStudio {
    try studio.withLock { current in
      if let current, current.fits(task) { return current }
      let built = try TaskStudio(task, blobs: blobs, dataset: examples.dataset)
      current = built
      return built
    }
  }
}

/// The examples of one or many clients: one data set, and each client's index list into it.
public struct ClientExamples: Sendable {
  public let dataset: Dataset
  private let shards: [ClientID: [Int]]

  /// Everything in `dataset` is `client`'s.
  public init(_ dataset: Dataset, of client: ClientID) {
    self.init(dataset, shards: [client: Array(0..<dataset.count)])
  }

  public init(_ dataset: Dataset, shards: [ClientID: [Int]]) {
    self.dataset = dataset
    self.shards = shards
  }

  /// - Throws: `task.client` for a client that is not here.
  func indices(of client: ClientID) throws -> [Int] {
    guard let indices = shards[client] else {
      throw TributaryError("task.client", "no data here for client \(client)")
    }
    return indices
  }
}
