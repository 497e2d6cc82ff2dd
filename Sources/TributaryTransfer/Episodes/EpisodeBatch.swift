internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// One half of an episode as a step of training reads it: support or queries, with the episode's labels.
struct EpisodeBatch {
  let input: TrainingBatch.Input
  /// int32 `[count]`
  let labels: Tensor

  func logits(_ model: any Model, _ pass: Pass) throws -> Tensor { try input.logits(model, pass) }
}
