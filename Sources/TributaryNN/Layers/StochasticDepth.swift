internal import TributaryCore
public import TributaryTensor

/// Drops a residual branch for whole examples with `probability` and scales it by 1 / (1 - probability) for the
/// others (Huang et al. 2016, arXiv:1603.09382); torchvision's mode "row".
///
/// Active as `Dropout` is: in training, above the first tensor that trains. Examples fall by words drawn under
/// `pass.key.at(name)`.
public struct StochasticDepth: Sendable {
  public let name: String
  public let probability: Float

  public init(_ name: String, probability: Float) {
    precondition((0..<1).contains(probability), "a dropout probability lies in 0..<1")
    self.name = name
    self.probability = probability
  }

  /// - Parameter branch: `[B, ...]`, what is added to the shortcut.
  public func callAsFunction(_ branch: Tensor, _ pass: Pass) -> Tensor {
    guard probability > 0, pass.isAboveTrainable else { return branch }
    return stochasticDepth(branch, probability: probability, key: pass.key.at(name))
  }
}
