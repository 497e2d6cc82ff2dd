public import TributaryCore
internal import TributaryPlan
public import TributaryTensor

extension LocalTask {
  /// The model with `moving` in place of what moves, measured on `examples`.
  func measured(
    _ moving: ParameterTree<Tensor>, on examples: TrainingExamples
  ) throws -> Evaluation {
    try inference(moving).evaluate(examples, batchSize: 64)
  }

  /// `globalLoss` and `globalAccuracy` of the model as received (with this client's personal layers),
  /// `personalLoss` and `personalAccuracy` of the client's own after training, on examples held out; nothing where
  /// there are none.
  public func heldOutMetrics(
    of outcome: LocalOutcome, on heldOut: TrainingExamples
  ) throws -> [String: Double] {
    guard heldOut.count > 0 else { return [:] }
    let before = try measured(moving, on: heldOut)
    let after = try measured(outcome.personal ?? outcome.result.moving, on: heldOut)
    return [
      "globalLoss": before.loss, "globalAccuracy": before.accuracy,
      "personalLoss": after.loss, "personalAccuracy": after.accuracy,
    ]
  }

  /// What the backbone as received makes of `examples`.
  func features(of examples: TrainingExamples) throws -> Tensor {
    try inference(moving).features(of: examples, batchSize: 64)
  }

  /// How the statistics that objectives compare domains by change with this client's examples, measured with the model
  /// as received.
  public func momentChanges() throws -> ParameterTree<Tensor> {
    try trainer.objectives.momentChanges(
      inference(moving), source: examples, target: target, received: carried)
  }

  private func inference(_ moving: ParameterTree<Tensor>) -> Inference {
    Inference(
      model: trainer.model, parameters: frozen.merging(moving),
      threads: trainer.plan.threads,
      precision: trainer.plan.precision.compute, isCancelled: watch.isCancelled)
  }
}
