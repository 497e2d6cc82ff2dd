internal import CTributaryKernels
internal import TributaryCore

extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    combined(a, b, "+", keepsZero: true, tributary_add).recorded(a, b) { gradient, call in
      [
        call.needs[0] ? gradient.reduced(to: a.shape) : nil,
        call.needs[1] ? gradient.reduced(to: b.shape) : nil,
      ]
    }
  }

  public static func - (a: Tensor, b: Tensor) -> Tensor {
    combined(a, b, "-", keepsZero: true, tributary_subtract).recorded(a, b) { gradient, call in
      [
        call.needs[0] ? gradient.reduced(to: a.shape) : nil,
        call.needs[1] ? -gradient.reduced(to: b.shape) : nil,
      ]
    }
  }

  public static func * (a: Tensor, b: Tensor) -> Tensor {
    combined(a, b, "*", keepsZero: true, tributary_multiply).recorded(a, b) { gradient, call in
      [
        call.needs[0] ? (gradient * b).reduced(to: a.shape) : nil,
        call.needs[1] ? (gradient * a).reduced(to: b.shape) : nil,
      ]
    }
  }

  public static func / (a: Tensor, b: Tensor) -> Tensor {
    combined(a, b, "/", keepsZero: false, tributary_divide).recorded(a, b) { gradient, call in
      let share = gradient / b
      return [
        call.needs[0] ? share.reduced(to: a.shape) : nil,
        call.needs[1] ? -(share * (a / b)).reduced(to: b.shape) : nil,
      ]
    }
  }

  public static func + (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1, shift: b) }
  public static func + (a: Float, b: Tensor) -> Tensor { b.affine(scale: 1, shift: a) }
  public static func - (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1, shift: -b) }
  public static func - (a: Float, b: Tensor) -> Tensor { b.affine(scale: -1, shift: a) }
  public static func * (a: Tensor, b: Float) -> Tensor { a.affine(scale: b, shift: 0) }
  public static func * (a: Float, b: Tensor) -> Tensor { b.affine(scale: a, shift: 0) }
  public static func / (a: Tensor, b: Float) -> Tensor { a / Tensor.scalar(b) }
  public static func / (a: Float, b: Tensor) -> Tensor { Tensor.scalar(a) / b }

  /// `kernel` on two tensors of one shape, in `other`'s layout if that is blocked, without history.
  func paired(
    with other: Tensor, grain: Int, _ kernel: @escaping tributary_binary
  ) -> Tensor {
    require(shape == other.shape, "element-wise: \(shape) and \(other.shape) differ")
    let second = isBlocked ? other : other.dense()
    let layout = isBlocked && !second.isBlocked ? self.layout : second.layout
    let a = converted(to: layout)
    let b = second.converted(to: layout)
    let output = Tensor(uninitialized: shape, layout: layout)
    let (first, last, target) = (a.data, b.data, output.data)
    let count = output.storedCount
    TributaryTensor.kernel(target) {
      parallel(count, grain: grain) {
        kernel(first + $0.lowerBound, 1, last + $0.lowerBound, 1, $0.count, target + $0.lowerBound)
      }
    }
    withExtendedLifetime((a, b)) {}
    return output
  }

  /// `kernel` with broadcasting, without history.
  static func combined(
    _ a: Tensor, _ b: Tensor, _ name: String, keepsZero: Bool,
    _ kernel: @escaping tributary_binary
  ) -> Tensor {
    require(
      a.dtype == .float32 && b.dtype == .float32, "\(name) needs float32 on both sides")
    if a.shape == b.shape, a.isDense || b.isDense {
      let result = a.paired(with: b, grain: elementGrain, kernel)
      return keepsZero ? result : result.restoringPadding()
    }
    if b.count == 1, a.isDense, b.rank <= a.rank { return scaled(a, b, kernel, keepsZero) }
    guard let shape = Shape.broadcast(a.shape, b.shape) else {
      refuse("\(name): shapes \(a.shape) and \(b.shape) cannot be broadcast")
    }
    let first = a.isBlocked ? a.contiguous() : a
    let second = b.isBlocked ? b.contiguous() : b
    let output = Tensor(uninitialized: shape)
    broadcastLoop(first, second, output, kernel)
    return output
  }

  private static func scaled(
    _ a: Tensor, _ b: Tensor, _ kernel: tributary_binary, _ keepsZero: Bool
  ) -> Tensor {
    let output = Tensor(uninitialized: a.shape, layout: a.layout)
    let (first, last, target) = (a.data, b.data, output.data)
    parallel(output.storedCount, grain: elementGrain) {
      kernel(first + $0.lowerBound, 1, last, 0, $0.count, target + $0.lowerBound)
    }
    withExtendedLifetime((a, b)) {}
    // A sum with a scalar does not keep padded channels at 0.
    return output.restoringPadding()
  }

  private static func broadcastLoop(
    _ a: Tensor, _ b: Tensor, _ output: Tensor, _ kernel: tributary_binary
  ) {
    let loop = StridedLoop(
      output.shape.dimensions,
      [
        a.strides(broadcastTo: output.shape), b.strides(broadcastTo: output.shape),
        output.shape.rowMajorStrides,
      ])
    guard loop.elementCount > 0 else { return }
    let last = loop.dimensions.count - 1
    let count = loop.dimensions[last]
    let (first, second, target) = (a.data, b.data, output.data)
    let (stepA, stepB) = (loop.strides[0][last], loop.strides[1][last])
    loop.forEachRow(elementGrain) { offsets in
      kernel(
        first + offsets[0], stepA, second + offsets[1], stepB, count, target + offsets[2])
    }
    withExtendedLifetime((a, b)) {}
  }

  /// This tensor's strides seen from `shape`: 0 along repeated axes.
  func strides(broadcastTo shape: Shape) -> [Int] {
    let own = strides
    let missing = shape.rank - rank
    return shape.indices.map { axis in
      axis < missing || self.shape[axis - missing] == 1 && shape[axis] != 1
        ? 0 : own[axis - missing]
    }
  }
}

extension Shape {
  func removing(_ axes: ClosedRange<Int>) -> Shape {
    var kept = dimensions
    kept.removeSubrange(axes)
    return Shape(kept)
  }

  /// The shape two operands have together, as NumPy; nil where they do not fit.
  static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
    let rank = Swift.max(a.rank, b.rank)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let left = axis < rank - a.rank ? 1 : a[axis - rank + a.rank]
      let right = axis < rank - b.rank ? 1 : b[axis - rank + b.rank]
      guard left == right || left == 1 || right == 1 else { return nil }
      result[axis] = left == 1 ? right : left
    }
    return Shape(result)
  }
}
