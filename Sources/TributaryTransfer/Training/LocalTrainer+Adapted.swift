public import TributaryCore
internal import TributaryPlan
public import TributaryTensor

extension LocalTrainer {
  /// `moving` with the batch norms' statistics of the target domain's examples, where `transfer.batchNorm` is `adapt`
  /// and there are some; else as it is.
  public func adapted(
    _ moving: ParameterTree<Tensor>, frozen: ParameterTree<Tensor>, to target: TrainingExamples?,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> ParameterTree<Tensor> {
    guard freeze.batchNorm == .adapt, let target else { return moving }
    let statistics = try Inference(
      model: model, parameters: frozen.merging(moving),
      threads: plan.threads, precision: plan.precision.compute, isCancelled: isCancelled
    ).batchNormStatistics(of: target, batchSize: 64)
    return moving.map { name, value in statistics[name] ?? value }
  }
}
