public import TributaryCore
public import TributaryTensor

/// What is minimised beside the task's loss; the loss that is reported stays the task's.
public struct LocalTerms {
  /// strength / 2 Σ importance (w − origin)² over the tensors that all have (FedProx, Li et al. 2020; with an
  /// importance EWC, Kirkpatrick et al. 2017).
  public struct Pull: Sendable {
    public var strength: Float
    public var origin: ParameterTree<Tensor>
    /// Element by element; nil: 1.
    public var importance: ParameterTree<Tensor>?

    public init(
      strength: Float, origin: ParameterTree<Tensor>, importance: ParameterTree<Tensor>? = nil
    ) {
      self.strength = strength
      self.origin = origin
      self.importance = importance
    }

    /// Its gradient at `w`; nil where it does not pull the tensor called `name`.
    func gradient(_ name: String, at w: Tensor) -> Tensor? {
      guard let origin = origin[name] else { return nil }
      let distance = (w - origin) * strength
      guard let importance else { return distance }
      return importance[name].map { distance * $0 }
    }
  }

  /// A scalar to be added to the loss of a step.
  public typealias BatchLoss = (ObjectiveBatch) throws -> Tensor

  /// ⟨linear, w⟩: added to the gradient of every step.
  public var linear: ParameterTree<Tensor>
  public var pulls: [Pull]
  /// Terms in what the model makes of every batch.
  public var losses: [BatchLoss] = []
  /// How much each labelled example of a step counts in the task's loss; nil: all alike.
  var exampleWeights: ((ObjectiveBatch) throws -> [Float]?)?
  /// The layers of the model whose results those terms look at.
  var captured: Set<String> = []
  /// Whether those terms look at the target domain.
  var readsTarget = false
  /// What the task's loss is multiplied by.
  public var taskShare: Float = 1
  /// Called in every step, before the parameters move: for a second model trained on the same batches.
  var companion: ((Step) throws -> Void)?

  /// A step under way.
  struct Step {
    var parameters: ParameterTree<Tensor>
    var learningRate: Double
    /// The gradient of the task's loss on this batch, somewhere else.
    var gradient: (ParameterTree<Tensor>) throws -> ParameterTree<Tensor>
  }

  public init(linear: ParameterTree<Tensor> = [:], pulls: [Pull] = []) {
    self.linear = linear
    self.pulls = pulls
  }

  /// Whether a step with them is a function of the batch and the parameters, computed by kernels alone.
  var areOfParametersAlone: Bool { losses.isEmpty && taskShare == 1 && companion == nil }

  /// Adds the gradients of the terms in the parameters.
  func add(
    to gradients: inout ParameterTree<FactoredGradient>, at parameters: ParameterTree<Tensor>
  ) {
    guard !linear.isEmpty || !pulls.isEmpty else { return }
    gradients.updateValues { name, gradient in
      if let slope = linear[name] { gradient = gradient + FactoredGradient(slope) }
      guard let w = parameters[name] else { return }
      for pull in pulls {
        guard let slope = pull.gradient(name, at: w) else { continue }
        gradient = gradient + FactoredGradient(slope)
      }
    }
  }
}
