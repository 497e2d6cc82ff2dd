public import TributaryCore
public import TributaryTensor

/// What is minimised beside the task's loss; the loss that is reported stays the task's.
public struct LocalTerms {
  /// strength / 2 ‖w − origin‖² over the tensors that both have (FedProx, Li et al. 2020).
  public struct Pull: Sendable {
    public var strength: Float
    public var origin: ParameterTree<Tensor>

    public init(strength: Float, origin: ParameterTree<Tensor>) {
      self.strength = strength
      self.origin = origin
    }
  }

  /// ⟨linear, w⟩: added to the gradient of every step.
  public var linear: ParameterTree<Tensor>
  public var pulls: [Pull]
  /// A term in the backbone's features of every batch.
  public var contrast: ModelContrast?
  /// Called in every step, before the parameters move: for a second model trained on the same batches.
  var companion: ((Step) throws -> Void)?

  /// A step under way.
  struct Step {
    var parameters: ParameterTree<Tensor>
    var learningRate: Double
    /// The gradient of the task's loss on this batch, somewhere else.
    var gradient: (ParameterTree<Tensor>) throws -> ParameterTree<Tensor>
  }

  public init(
    linear: ParameterTree<Tensor> = [:], pulls: [Pull] = [], contrast: ModelContrast? = nil
  ) {
    self.linear = linear
    self.pulls = pulls
    self.contrast = contrast
  }

  /// Whether a step with them is a function of the batch and the parameters, computed by kernels alone.
  var areOfParametersAlone: Bool { contrast == nil && companion == nil }

  /// Adds the gradients of the terms in the parameters.
  func add(
    to gradients: inout ParameterTree<FactoredGradient>, at parameters: ParameterTree<Tensor>
  ) {
    guard !linear.isEmpty || !pulls.isEmpty else { return }
    gradients.updateValues { name, gradient in
      if let slope = linear[name] { gradient = gradient + FactoredGradient(slope) }
      guard let w = parameters[name] else { return }
      for pull in pulls {
        guard let origin = pull.origin[name] else { continue }
        gradient = gradient + FactoredGradient((w - origin) * pull.strength)
      }
    }
  }
}
