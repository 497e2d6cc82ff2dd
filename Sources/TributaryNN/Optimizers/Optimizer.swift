public import TributaryCore
public import TributaryTensor

/// Turns gradients into new parameters. State is kept by tensor name and starts empty.
public protocol Optimizer {
  /// By tensor name, what the learning rate is multiplied by there; 1 where a name is missing.
  var rates: [String: Float] { get set }
  /// What is remembered between steps, under `NAME/KIND`: an optimiser that is given it goes on with the same bits.
  var state: ParameterTree<Tensor> { get set }

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

extension Optimizer {
  /// The learning rate of one tensor.
  func rate(of name: String, _ learningRate: Float) -> Float {
    rates.isEmpty ? learningRate : learningRate * (rates[name] ?? 1)
  }
}

extension ParameterTree {
  /// Those values whose names end with `/kind`, under the names in front of it.
  func remembered(_ kind: String) -> [String: Value] {
    let suffix = "/\(kind)"
    return Dictionary(
      filter { name, _ in name.hasSuffix(suffix) }.map { name, value in
        (String(name.dropLast(suffix.count)), value)
      }
      .values, uniquingKeysWith: { first, _ in first })
  }
}
