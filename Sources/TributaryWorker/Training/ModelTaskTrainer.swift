internal import Synchronization
internal import TributaryCore
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
      let built = try TaskStudio(task, blobs: blobs, examples: examples)
      current = built
      return built
    }
  }
}
