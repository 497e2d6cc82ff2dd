public import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryPlan
public import TributaryTensor

/// What a client would have without what was transferred to it.
public struct TransferBaselines {
  /// The model from random weights, trained on the client's examples alone: all its tensors.
  public var scratch: ParameterTree<Tensor>
  /// The backbone as the run began, frozen, with a new classifier trained on the client's examples: all tensors.
  public var head: ParameterTree<Tensor>
}

extension LocalTask {
  /// Trains both with the plan's optimiser, and with none of its objectives.
  ///
  /// - Parameter epochs: passes over the client's examples.
  /// - Throws: `task.tensors` where the backbone that the run began with did not come.
  public func baselines(epochs: Int) throws -> TransferBaselines {
    let fresh = try trainer.model.initialTensors(key: key.at("baseline"))
      .mapValues { try Tensor($0) }
    let plain = TrainingExamples(examples.source, indices: examples.indices)
    var task = self
    task.examples = plain
    let scratch = try task.baseline(TransferPlan(), from: fresh, epochs: epochs, "scratch")
    let heads = trainer.model.headTensorNames
    let begun = try backbone().merging(fresh.filter { name, _ in heads.contains(name) })
    if plain.areConstant, plain.count > 0 {
      let inference = Inference(
        model: trainer.model, parameters: begun, threads: trainer.plan.threads,
        precision: trainer.plan.precision.compute, isCancelled: watch.isCancelled)
      task.examples = plain.with(features: try inference.features(of: plain, batchSize: 64))
    }
    let head = try task.baseline(TransferPlan(method: .head), from: begun, epochs: epochs, "head")
    return TransferBaselines(scratch: scratch, head: head)
  }

  /// The model's tensors but the classifier's, as the run began.
  private func backbone() throws -> ParameterTree<Tensor> {
    let all = frozen.merging(trainer.objectives.origin)
    let heads = trainer.model.headTensorNames
    let names = trainer.model.tensors.map(\.name).filter { !heads.contains($0) }
    return ParameterTree(
      try names.map { name in
        if let tensor = all[name] { return (name, tensor) }
        throw TributaryError(
          "task.tensors", "the backbone's \(name), as the run began, did not come with the task",
          advice: "do coordinator and worker run the same version?")
      })
  }

  private func baseline(
    _ transfer: TransferPlan, from tensors: ParameterTree<Tensor>, epochs: Int, _ name: String
  ) throws -> ParameterTree<Tensor> {
    let freeze = try FreezePlan(model: trainer.model, transfer: transfer)
    var plan = trainer.plan
    plan.epochs = epochs
    plan.proximal = 0
    let local = LocalTrainer(model: trainer.model, freeze: freeze, plan: plan)
    let found = try local.train(
      moving: tensors.filter { name, _ in freeze.moves(name) },
      frozen: tensors.filter { name, _ in !freeze.moves(name) }, examples: examples,
      key: key.at("baseline").at(name), watch: watch)
    return tensors.merging(found.moving)
  }

  /// `scratchLoss`, `scratchAccuracy`, `headLoss` and `headAccuracy` on examples held out.
  public func metrics(
    of baselines: TransferBaselines, on heldOut: TrainingExamples
  ) throws -> [String: Double] {
    let plain = TrainingExamples(heldOut.source, indices: heldOut.indices)
    var metrics: [String: Double] = [:]
    for (name, tensors) in [("scratch", baselines.scratch), ("head", baselines.head)] {
      let found = try Inference(
        model: trainer.model, parameters: tensors, threads: trainer.plan.threads,
        precision: trainer.plan.precision.compute, isCancelled: watch.isCancelled
      ).evaluate(plain, batchSize: 64)
      metrics[name + "Loss"] = found.loss
      metrics[name + "Accuracy"] = found.accuracy
    }
    return metrics
  }
}
