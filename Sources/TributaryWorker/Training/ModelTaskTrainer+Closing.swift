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

  private func keep(
    _ moving: ParameterTree<Tensor>, of task: TrainTask, in studio: TaskStudio
  ) throws {
    guard let memory else { throw Self.noMemory("the run's fine-tuned models stay on the clients") }
    let tensors = studio.frozen.merging(moving).mapValues { $0.host() }
    try memory.writeTuned(
      studio.trainer.freeze.merged(tensors), run: task.runID, client: task.client)
  }

  static func noMemory(_ what: String) -> TributaryError {
    TributaryError(
      "client.memory", "\(what), and this worker has no place for them",
      advice: "start the worker with --memory FOLDER")
  }
}
