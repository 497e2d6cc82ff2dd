internal import TributaryCore
internal import TributaryTensor
internal import TributaryTransfer
internal import TributaryWire

extension ModelTaskTrainer {
  /// The last task of a run: measures the result, and the client's own models, on examples held out. Nothing but the
  /// figures leaves the client; a fine-tuned model is kept beside what the client remembers.
  func close(
    _ local: LocalTask, of task: TrainTask, in studio: TaskStudio, heldOut: TrainingExamples,
    cancellation: Cancellation
  ) throws -> ClientUpdate {
    let clock = SystemClock()
    let start = clock.seconds
    let models = try local.closing(
      by: studio.algorithm, hasPersonalLayers: !studio.personal.isEmpty,
      tuningEpochs: studio.tuningEpochs)
    var metrics = try local.metrics(of: models, on: heldOut)
    if let tuned = models.tuned { try keep(tuned, of: task, in: studio) }
    if studio.baselineEpochs > 0, heldOut.count > 0 {
      metrics.merge(
        try compared(models, metrics, local, of: task, in: studio, heldOut: heldOut)
      ) { $1 }
    }
    if let sites {
      try sites(task.client) { other in
        let (_, examples) = try studio.examples(
          of: other, among: self.examples, cancellation: cancellation)
        return try local.accuracy(of: models.own, on: examples)
      }
    }
    metrics["seconds"] = clock.seconds - start
    return ClientUpdate(
      runID: task.runID, round: task.round, client: task.client,
      exampleCount: local.examples.count > 0
        ? local.examples.count : local.target?.count ?? 0, delta: [:], metrics: metrics)
  }

  /// Finds out whether the client is better off without the transfer, and where it falls back keeps the best model.
  private func compared(
    _ models: ClosingModels, _ metrics: [String: Double], _ local: LocalTask, of task: TrainTask,
    in studio: TaskStudio, heldOut: TrainingExamples
  ) throws -> [String: Double] {
    let baselines = try local.baselines(epochs: studio.baselineEpochs)
    var found = try local.metrics(of: baselines, on: heldOut)
    guard let verdict = TransferVerdict(metrics.merging(found) { $1 }) else { return found }
    found.merge(verdict.metrics(fallsBack: studio.fallsBack)) { $1 }
    guard studio.fallsBack else { return found }
    switch verdict.best {
    case .transferred: try keep(models.own, of: task, in: studio)
    case .scratch: try keep(baselines.scratch, of: task, in: studio)
    case .head: try keep(baselines.head, of: task, in: studio)
    }
    return found
  }

  private func keep(
    _ moving: ParameterTree<Tensor>, of task: TrainTask, in studio: TaskStudio
  ) throws {
    let tensors = studio.frozen.merging(moving).mapValues { $0.host() }
    try write(studio.trainer.freeze.merged(tensors), of: task)
  }

  private func write(_ tensors: ParameterTree<HostTensor>, of task: TrainTask) throws {
    guard let memory else { throw Self.noMemory("the run's fine-tuned models stay on the clients") }
    try memory.writeTuned(tensors, run: task.runID, client: task.client)
  }

  static func noMemory(_ what: String) -> TributaryError {
    TributaryError(
      "client.memory", "\(what), and this worker has no place for them",
      advice: "start the worker with --memory FOLDER")
  }
}
