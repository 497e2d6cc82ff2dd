internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// A model as the tasks of episodes see it: whose parameters differ from task to task, and whose batch norms take the
/// statistics of what they are shown.
struct EpisodicLearner: Sendable {
  let model: any Model
  let freeze: FreezePlan
  /// What no task moves, buffers included.
  private(set) var held: ParameterTree<Tensor>
  let pool: EpisodePool

  init(
    model: any Model, freeze: FreezePlan, held: ParameterTree<Tensor>, pool: EpisodePool
  ) {
    self.model = model
    self.freeze = freeze
    self.held = held
    self.pool = pool
  }

  /// The same with more tensors that stay as they are.
  func holding(_ more: ParameterTree<Tensor>) -> EpisodicLearner {
    var learner = self
    learner.held = held.merging(more)
    return learner
  }

  /// - Parameter key: what dropout draws from; nil: nothing is dropped.
  func pass(_ parameters: ParameterTree<Tensor>, key: RandomKey?) -> Pass {
    Pass(
      parameters: parameters, frozen: held, mode: .training(trainable: freeze.trainable),
      key: key ?? RandomKey(seed: 0),
      isDroppingOut: key != nil)
  }

  /// `[rows, ways]`
  func logits(
    _ parameters: ParameterTree<Tensor>, _ batch: EpisodeBatch, key: RandomKey?
  ) throws -> Tensor {
    try batch.logits(model, pass(parameters, key: key))
  }

  /// The backbone's output, `[rows, featureCount]`.
  func features(
    _ parameters: ParameterTree<Tensor>, _ batch: EpisodeBatch, key: RandomKey?
  ) throws -> Tensor {
    try batch.input.features(model, pass(parameters, key: key))
  }

  /// The mean cross-entropy.
  func loss(
    _ parameters: ParameterTree<Tensor>, _ batch: EpisodeBatch, key: RandomKey?
  ) throws -> Tensor {
    crossEntropy(logits: try logits(parameters, batch, key: key), labels: batch.labels)
  }
}
