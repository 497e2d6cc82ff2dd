internal import Synchronization
public import TributaryCore
internal import TributaryTensor
internal import TributaryTransfer
public import TributaryWire

/// Does tasks with real models: one client's in deployment, many clients' in simulation.
///
/// What is the same for all tasks of a run (the architecture, the frozen tensors, the prepared
/// examples, cached features) is built once and shared by every thread.
public final class ModelTaskTrainer: TaskTrainer {
  let examples: ClientExamples
  let memory: ClientMemory?
  let sites: SiteWatch?
  private let studio = Mutex<TaskStudio?>(nil)

  /// Told after the last round of each client, with what measures the accuracy of its own model on any client's
  /// held-out examples: for simulations, which have them all.
  public typealias SiteWatch =
    @Sendable (
      _ client: ClientID, _ accuracy: (ClientID) throws -> Double
    ) throws -> Void

  /// - Parameter memory: where clients keep what strategies let them remember; nil: such strategies are refused.
  public init(
    _ examples: ClientExamples, memory: ClientMemory? = nil, sites: SiteWatch? = nil
  ) {
    self.examples = examples
    self.memory = memory
    self.sites = sites
  }

  public func train(
    _ task: TrainTask, blobs: any BlobSource, cancellation: Cancellation
  ) throws -> ClientUpdate {
    let clock = SystemClock()
    let start = clock.seconds
    let studio = try studio(for: task, blobs: blobs)
    let (shared, carried) = try studio.globals(of: task, blobs: blobs)
    let remembered = try recollection(of: task, in: studio)
    let personal = studio.personal.merging(remembered.carried(Self.layers))
    let (training, heldOut) = try studio.examples(
      of: task.client, among: examples, cancellation: cancellation)
    let target = studio.target(of: task.client, among: examples)
    var trainer = studio.trainer
    trainer.time = task.round - 1
    let local = LocalTask(
      trainer: trainer, moving: shared.merging(personal), frozen: studio.frozen,
      carried: carried, memory: remembered, examples: training, target: target,
      progress: studio.progress(in: task.round), key: task.key,
      watch: .init(isCancelled: { cancellation.isCancelled }))
    if task.purpose == .evaluate {
      return try close(
        local, of: task, in: studio, heldOut: heldOut, cancellation: cancellation)
    }
    var outcome = try studio.algorithm.run(local)
    outcome.result.moving = try trainer.adapted(
      outcome.result.moving, frozen: studio.frozen, to: target, isCancelled: local.watch.isCancelled
    )
    outcome.carried = outcome.carried.merging(try local.momentChanges())
    var metrics = outcome.metrics
    if training.count > 0 {
      metrics["loss"] = outcome.result.loss
      metrics["accuracy"] = outcome.result.accuracy
    }
    metrics.merge(try local.heldOutMetrics(of: outcome, on: heldOut)) { $1 }
    let own = outcome.result.moving.filter { name, _ in personal.contains(name) }
    try remember(outcome.memory.merging(own.asCarried(Self.layers)), of: task)
    var delta = outcome.result.moving.filter { name, _ in shared.contains(name) }
    // Nobody else holds them now, and they are changed in place.
    outcome.result.moving = [:]
    withoutGradient {
      delta.updateValues { name, value in if let old = shared[name] { value.subtract(old) } }
    }
    metrics["seconds"] = clock.seconds - start
    return ClientUpdate(
      runID: task.runID, round: task.round, client: task.client,
      exampleCount: training.count > 0 ? training.count : target?.count ?? 0,
      delta: delta.mapValues { $0.sharedHost() }.merging(outcome.carried.mapValues { $0.host() })
        .merging(outcome.sums),
      metrics: metrics)
  }

  /// The kind of the personal layers among what is remembered.
  private static let layers = "layers"

  private func recollection(
    of task: TrainTask, in studio: TaskStudio
  ) throws -> ParameterTree<Tensor> {
    guard studio.remembers else { return [:] }
    guard let memory else {
      throw Self.noMemory("the run's strategy keeps tensors on the clients")
    }
    let remembered = try memory.read(
      run: task.runID, client: task.client, round: task.countedRound)
    try studio.requireFit(remembered)
    return try remembered.mapValues { try Tensor($0) }
  }

  private func remember(_ tensors: ParameterTree<Tensor>, of task: TrainTask) throws {
    guard !tensors.isEmpty, let memory else { return }
    try memory.write(
      tensors.mapValues { $0.host() }, run: task.runID, client: task.client, round: task.round,
      after: task.countedRound)
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
