public import TributaryCore
public import TributaryTensor

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101), exactly as
/// `torch.optim.AdamW`, t counting steps from 1:
///
///     p = p * (1 - learningRate * weightDecay)
///     m = beta1 * m + (1 - beta1) * g;  v = beta2 * v + (1 - beta2) * g²
///     p = p - learningRate / (1 - beta1ᵗ) * m / (sqrt(v / (1 - beta2ᵗ)) + epsilon)
public struct AdamW: Optimizer {
  public let beta1: Float
  public let beta2: Float
  public let epsilon: Float
  public let weightDecay: Float
  public var rates: [String: Float] = [:]
  private var moments: [String: AdamWMoments] = [:]

  public var state: ParameterTree<Tensor> {
    get {
      ParameterTree(
        moments.flatMap { name, moments in
          [
            ("\(name)/first", moments.first), ("\(name)/second", moments.second),
            ("\(name)/step", Tensor([Int32(clamping: moments.step)], shape: [1])),
          ]
        })
    }
    set {
      let (first, second) = (newValue.remembered("first"), newValue.remembered("second"))
      let steps = newValue.remembered("step")
      moments = first.reduce(into: [:]) { moments, entry in
        guard let second = second[entry.key], let step = steps[entry.key] else { return }
        moments[entry.key] = AdamWMoments(
          first: entry.value, second: second, step: Int(step.ints()[0]))
      }
    }
  }

  public init(
    beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0.01
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public mutating func step(
    _ parameters: inout ParameterTree<Tensor>, gradients: ParameterTree<FactoredGradient>,
    learningRate: Float
  ) {
    parameters.updateValues { name, parameter in
      guard let gradient = gradients[name] else { return }
      // Taken out of the dictionary, so that the kernel owns the buffers alone and works in place.
      var state =
        moments.removeValue(forKey: name)
        ?? AdamWMoments(shape: parameter.shape)
      adamWStep(
        &parameter, gradient: gradient, moments: &state,
        learningRate: rate(of: name, learningRate),
        beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
      moments[name] = state
    }
  }
}
