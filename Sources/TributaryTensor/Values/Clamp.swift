/// Bounds of an operation's result: the activations that fit into the pass that computes it.
public struct Clamp: Sendable, Hashable {
  public let low: Float
  public let high: Float

  /// Between `low` and `high`; the gradient is 0 at and beyond them.
  public init(low: Float, high: Float) {
    self.low = low
    self.high = high
  }

  public static let none = Clamp(low: -.infinity, high: .infinity)
  public static let relu = Clamp(low: 0, high: .infinity)
  /// min(max(x, 0), 6) (Howard et al. 2017).
  public static let relu6 = Clamp(low: 0, high: 6)

  /// `x` within the bounds, in differentiable operators.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    if self == .relu6 { return x.relu6() }
    var y = x
    if low.isFinite { y = low == 0 ? y.relu() : (y - low).relu() + low }
    if high.isFinite { y = high - (high - y).relu() }
    return y
  }
}
