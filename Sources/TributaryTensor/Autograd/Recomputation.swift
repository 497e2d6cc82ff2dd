internal import TributaryCore

extension Tensor {
  /// The same value one node later: paths from here do not run through what it was computed from.
  fileprivate func alias() -> Tensor {
    guard node != nil else { return variable() }
    return detached.recorded(self) { gradient, _ in [gradient] }
  }
}

/// The second-order way of a fused operation: its gradient by differentiating `composite`, the same
/// function written in differentiable operators, at `inputs`.
func differentiated(
  _ inputs: [Tensor], seed: Tensor, composite: ([Tensor]) throws -> Tensor
) rethrows -> [Tensor?] {
  let aliases = inputs.map { $0.dtype == .float32 ? $0.alias() : $0 }
  let differentiable = aliases.filter { $0.node != nil }
  var results = gradient(
    of: try composite(aliases), at: differentiable, seed: seed, createGraph: true)[...]
  return aliases.map { $0.node == nil ? nil : results.removeFirst() }
}
