internal import CTributaryKernels
internal import TributaryCore

extension Tensor {
  /// The largest value along `axis`; the gradient goes to the first of equals.
  public func max(axis: Int, keepingDimensions: Bool = false) -> Tensor {
    let axis = normalized(axis: axis, "max")
    let (values, positions) = maximum(axis: axis)
    let result = values.recorded(self) { gradient, _ in
      let mask = Tensor.oneHot(positions, axis: axis, shape: self.shape)
      var kept = self.shape
      kept[axis] = 1
      return [gradient.reshaped(kept) * mask]
    }
    guard keepingDimensions else { return result }
    var kept = shape
    kept[axis] = 1
    return result.reshaped(kept)
  }

  /// Where along `axis` the largest value stands (the first of equals), int32.
  public func argmax(axis: Int) -> Tensor { maximum(axis: normalized(axis: axis, "argmax")).1 }

  private func maximum(axis: Int) -> (Tensor, Tensor) {
    require(dtype == .float32 && shape[axis] > 0, "max over axis \(axis) of \(shape)")
    let plain = detached.contiguous()
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let reduced = shape.removing(axis...axis)
    let values = Tensor(uninitialized: reduced)
    let positions = Tensor(uninitialized: reduced, dtype: .int32)
    tributary_max(plain.data, outer, shape[axis], inner, values.data, positions.integers)
    withExtendedLifetime(plain) {}
    return (values, positions)
  }

  /// 1 at `positions` along `axis` of `shape`, else 0.
  static func oneHot(_ positions: Tensor, axis: Int, shape: Shape) -> Tensor {
    let result = Tensor.zeros(shape)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let plain = positions.contiguous()
    for (index, position) in plain.ints().enumerated() {
      result.data[(index / inner * shape[axis] + Int(position)) * inner + index % inner] = 1
    }
    return result
  }
}
