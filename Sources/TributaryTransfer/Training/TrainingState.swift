public import TributaryCore
public import TributaryTensor

/// Where a training stands between two epochs: given it, a trainer goes on with the same bits.
public struct TrainingState {
  /// Epochs that are done.
  public var epochs = 0
  /// The tensors that move, as they are now.
  public var moving: ParameterTree<Tensor>
  /// What the optimiser remembers (`Optimizer.state`).
  public var optimizer: ParameterTree<Tensor> = [:]
  /// Steps that are done, and their learning rates added up.
  public var steps = 0
  public var learningRateSum = 0.0
  /// Of the last epoch.
  public var loss = 0.0
  public var accuracy = 0.0

  public init(moving: ParameterTree<Tensor>) { self.moving = moving }
}
