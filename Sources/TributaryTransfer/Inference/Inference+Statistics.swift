public import TributaryCore
internal import TributaryData
internal import TributaryModels
internal import TributaryNN
public import TributaryTensor

extension Inference {
  /// The batch norms' running statistics as `examples` have them, by buffer name; nothing where the model has none.
  ///
  /// AdaBN (Li et al. 2016, "Revisiting batch normalization for practical domain adaptation"): on examples of the target
  /// domain they carry a model over to it, without labels and without training. As torch's `update_bn`, each batch is
  /// normalised by its own statistics, and their mean over the batches (of the variances without bias), weighted by
  /// examples, is the result. Batches are drawn at random, since a folder may have its examples class by class.
  ///
  /// - Parameter norms: the weights of the norms that are meant; nil: all.
  public func batchNormStatistics(
    of examples: TrainingExamples, batchSize: Int, norms: Set<String>? = nil
  ) throws -> ParameterTree<Tensor> {
    let all = model.tensors.map(\.name).filter { $0.hasSuffix(".running_mean") }.map {
      FreezePlan.module(of: $0) + ".weight"
    }
    let wanted = Set(all).intersection(norms ?? Set(all))
    guard !wanted.isEmpty, examples.count > 0 else { return [:] }
    let order = BatchOrder(
      count: examples.count, batchSize: batchSize, key: RandomKey(seed: 0).at("statistics"))
    let parts = try map(Array(order)) { batch in
      try statistics(
        of: examples.source.input(batch.map { examples.indices[$0] }), norms: wanted,
        share: Float(batch.count) / Float(examples.count))
    }
    return withoutGradient {
      parts.dropFirst().reduce(parts.first ?? [:]) { sum, part in
        sum.map { name, value in part[name].map { value + $0 } ?? value }
      }
    }
  }

  /// The statistics of one batch times `share`.
  private func statistics(
    of input: ModelInput, norms: Set<String>, share: Float
  ) throws -> ParameterTree<Tensor> {
    try withoutGradient {
      let pass = pass(.estimating(norms: norms))
      _ = try model.features(input, pass)
      return ParameterTree(pass.bufferUpdates.mapValues { $0 * share })
    }
  }
}
