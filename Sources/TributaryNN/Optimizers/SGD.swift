public import TributaryCore
public import TributaryTensor

/// Stochastic gradient descent with momentum, exactly as `torch.optim.SGD`:
///
///     g = gradient + weightDecay * p
///     v = g in the first step, then momentum * v + g
///     p = p - learningRate * (nesterov ? g + momentum * v : v)
public struct SGD: Optimizer {
  public let momentum: Float
  public let nesterov: Bool
  public let weightDecay: Float
  public var rates: [String: Float] = [:]
  private var velocities: [String: Tensor] = [:]

  public var state: ParameterTree<Tensor> {
    get { ParameterTree(velocities.map { ("\($0)/velocity", $1) }) }
    set { velocities = newValue.remembered("velocity") }
  }

  public init(momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0) {
    precondition(!nesterov || momentum > 0, "Nesterov momentum needs a momentum")
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
  }

  public mutating func step(
    _ parameters: inout ParameterTree<Tensor>, gradients: ParameterTree<FactoredGradient>,
    learningRate: Float
  ) {
    parameters.updateValues { name, parameter in
      guard let gradient = gradients[name] else { return }
      let learningRate = rate(of: name, learningRate)
      if momentum == 0 {
        return descend(
          &parameter, along: gradient, learningRate: learningRate, weightDecay: weightDecay)
      }
      // Taken out of the dictionary, so that the kernel owns the buffer alone and works in place.
      var velocity = velocities.removeValue(forKey: name)
      sgdStep(
        &parameter, gradient: gradient.tensor, velocity: &velocity, learningRate: learningRate,
        momentum: momentum, weightDecay: weightDecay, nesterov: nesterov)
      if let velocity { velocities[name] = velocity }
    }
  }
}
