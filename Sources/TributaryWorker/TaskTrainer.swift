internal import Synchronization
internal import TributaryCore
public import TributaryWire

/// Does a task: rebuilds the model from blobs, trains on the private shard, returns the delta.
public protocol TaskTrainer: Sendable {
  /// Called on the training thread, one task at a time.
  ///
  /// - Parameters:
  ///   - blobs: has every blob that the task's manifests name, verified.
  ///   - cancellation: to be checked between batches.
  /// - Throws: a `TributaryError` goes to the coordinator as it is, any other error as
  ///   `task.failed` with its description; neither may show private data. `CancellationError` where
  ///   the task was called off.
  func train(
    _ task: TrainTask, blobs: any BlobSource, cancellation: Cancellation
  ) throws -> ClientUpdate
}

/// Whether work under way is still wanted.
public final class Cancellation: Sendable {
  private let cancelled = Atomic(false)

  public init() {}

  public var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
  public func cancel() { cancelled.store(true, ordering: .relaxed) }

  /// - Throws: `CancellationError` once cancelled.
  public func check() throws {
    if isCancelled { throw CancellationError() }
  }
}
