internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryPlan

/// FedRep's client (Collins et al. 2021, algorithm 1): the personal classifier first, on the backbone as received;
/// then what is shared, under that classifier.
struct FedRepClient: ClientAlgorithm {
  static let kind = "fedrep"
  private let headEpochs: Int

  init(options: [String: Double]) {
    headEpochs = Int(min(max(options["headEpochs"] ?? 10, 1), 1e6))
  }

  func run(_ task: LocalTask) throws -> LocalOutcome {
    let freeze = task.trainer.freeze
    var head = task.trainer
    head.freeze = freeze.restricted(
      to: freeze.personal.union(freeze.objectiveTensors.map(\.name)))
    head.plan.epochs = headEpochs
    var task = task
    let shared = task.examples
    // On a backbone that stands still, features are the same in every epoch.
    if task.trainer.episodes == nil, shared.areConstant,
      !task.trainer.objectives.needs.contains(.batches),
      freeze.personal.isSubset(of: task.trainer.model.headTensorNames)
    {
      task.examples = shared.with(features: try task.features(of: shared))
    }
    let first = try task.train(by: head, key: task.key.at("personal"))
    task.examples = shared
    var body = task.trainer
    body.freeze = freeze.restricted(
      to: freeze.trainable.union(freeze.buffers).subtracting(freeze.personal))
    return LocalOutcome(result: try task.train(from: first.moving, by: body))
  }
}
