public import TributaryCore
public import TributaryTensor

/// Turns gradients into new parameters. State is kept by tensor name and starts empty.
public protocol Optimizer {
  /// One step on every tensor of `parameters` that has a gradient, in place where the memory is
  /// uniquely owned.
  ///
  /// - Parameter learningRate: of this step, from a `LearningRateSchedule`.
  mutating func step(
    _ parameters: inout ParameterTree<Tensor>, gradients: ParameterTree<FactoredGradient>,
    learningRate: Float)
}

extension Optimizer {
  public mutating func step(
    _ parameters: inout ParameterTree<Tensor>, gradients: ParameterTree<Tensor>,
    learningRate: Float
  ) {
    step(
      &parameters, gradients: gradients.mapValues { FactoredGradient($0) },
      learningRate: learningRate)
  }
}
