public import TributaryCore
internal import TributaryPlan
public import TributaryTensor

/// What a client has once all rounds are done.
public struct ClosingModels {
  /// The tensors that move as received, with the client's personal layers.
  public var global: ParameterTree<Tensor>
  /// The client's own model, where the strategy lets it have one.
  public var personal: ParameterTree<Tensor>?
  /// Its own model, or the one received, after training on its examples alone.
  public var tuned: ParameterTree<Tensor>?

  /// The most personal of them.
  public var own: ParameterTree<Tensor> { tuned ?? personal ?? global }
}

extension LocalTask {
  /// The client's models after the last round.
  ///
  /// - Parameters:
  ///   - hasPersonalLayers: whether some of what moves is the client's own.
  ///   - tuningEpochs: plain passes over the client's examples that follow, with the plan's optimiser; 0: none.
  public func closing(
    by algorithm: any ClientAlgorithm, hasPersonalLayers: Bool, tuningEpochs: Int
  ) throws -> ClosingModels {
    var models = ClosingModels(
      global: moving,
      personal: try algorithm.personalModel(self) ?? (hasPersonalLayers ? moving : nil))
    guard tuningEpochs > 0 else { return models }
    var tuner = trainer
    tuner.plan.epochs = tuningEpochs
    tuner.plan.proximal = 0
    models.tuned = try train(from: models.own, by: tuner, key: key.at("tuning")).moving
    return models
  }

  /// `globalLoss`, `globalAccuracy` and so on of `models` on examples held out; nothing where there are none.
  public func metrics(
    of models: ClosingModels, on heldOut: TrainingExamples
  ) throws -> [String: Double] {
    guard heldOut.count > 0 else { return [:] }
    let all: [(String, ParameterTree<Tensor>?)] = [
      ("global", models.global), ("personal", models.personal), ("tuned", models.tuned),
    ]
    var metrics: [String: Double] = [:]
    for case (let name, let moving?) in all {
      let found = try measured(moving, on: heldOut)
      metrics[name + "Loss"] = found.loss
      metrics[name + "Accuracy"] = found.accuracy
    }
    return metrics
  }

  /// The share of `examples` that the model with `moving` gets right; 0 where there are none.
  public func accuracy(
    of moving: ParameterTree<Tensor>, on examples: TrainingExamples
  ) throws -> Double {
    try measured(moving, on: examples).accuracy
  }
}
