internal import CTributaryKernels
internal import TributaryCore

extension Tensor {
  /// Makes the values this tensor's alone, row-major and writable, before they are changed in place.
  mutating func prepareForWriting() {
    node = nil
    if case .rowMajor = layout, isKnownUniquelyReferenced(&storage), storage.isWritable {
      storage.forgetConversions()
      return
    }
    ThreadContext.current.tape?.giveUp()
    let source = contiguous()
    let copy = Tensor(uninitialized: shape, dtype: dtype)
    copy.storage.pointer.copyMemory(from: source.words, byteCount: 4 * count)
    withExtendedLifetime(source) {}
    self = copy
  }
}

extension Tensor {
  /// Takes `other` from the values, in place where nobody else holds them.
  public mutating func subtract(_ other: Tensor) {
    guard node == nil, case .rowMajor = layout, isKnownUniquelyReferenced(&storage),
      storage.isWritable, other.shape == shape
    else {
      self = self - other
      return
    }
    prepareForWriting()
    let subtrahend = other.contiguous()
    let (values, taken, count) = (data, subtrahend.data, count)
    parallel(count, grain: elementGrain) {
      let at = $0.lowerBound
      tributary_subtract(values + at, 1, taken + at, 1, $0.count, values + at)
    }
    withExtendedLifetime(subtrahend) {}
  }
}

/// One step of torch.optim.SGD, in place where the buffers are uniquely held.
///
/// d = g + weightDecay p; with momentum v = d in the first step (`velocity` nil), else momentum v + (1 -
/// dampening) d, and d = d + momentum v (`nesterov`) or v; p -= learningRate d.
public func sgdStep(
  _ parameter: inout Tensor, gradient: Tensor, velocity: inout Tensor?, learningRate: Float,
  momentum: Float = 0, dampening: Float = 0, weightDecay: Float = 0, nesterov: Bool = false
) {
  require(
    parameter.shape == gradient.shape, "sgdStep: \(parameter.shape) and gradient \(gradient.shape)")
  let g = gradient.detached.contiguous()
  parameter.prepareForWriting()
  let first = velocity == nil
  var buffer: Tensor?
  if momentum != 0 {
    buffer = velocity ?? Tensor(uninitialized: parameter.shape)
    velocity = nil
    buffer?.prepareForWriting()
  }
  let (p, d, v, count) = (parameter.data, g.data, buffer?.data, parameter.count)
  kernel(p) {
    parallel(count, grain: elementGrain) { range in
      let at = range.lowerBound
      tributary_sgd(
        p + at, d + at, v.map { $0 + at }, range.count, learningRate, momentum, dampening,
        weightDecay, nesterov ? 1 : 0, first ? 1 : 0)
    }
  }
  withExtendedLifetime(g) {}
  if let buffer { velocity = buffer }
}

/// One step of plain gradient descent, p = p - learningRate (g + weightDecay p), in place where the buffer is
/// uniquely held: products that the gradient holds in factors are added as they are multiplied.
public func descend(
  _ parameter: inout Tensor, along gradient: FactoredGradient, learningRate: Float,
  weightDecay: Float = 0
) {
  require(
    parameter.shape == gradient.shape, "descend: \(parameter.shape) along \(gradient.shape)")
  guard gradient.rows.isEmpty else {
    return descend(
      &parameter, along: FactoredGradient(gradient.tensor), learningRate: learningRate,
      weightDecay: weightDecay)
  }
  var keep = 1 - learningRate * weightDecay
  if gradient.sum != nil || gradient.factors.isEmpty {
    var velocity: Tensor?
    sgdStep(
      &parameter, gradient: gradient.sum ?? .zeros(gradient.shape), velocity: &velocity,
      learningRate: learningRate, weightDecay: weightDecay)
    keep = 1
  }
  guard !gradient.factors.isEmpty else { return }
  parameter.prepareForWriting()
  for factors in gradient.factors {
    let (left, right) = (factors.left.contiguous(), factors.right.contiguous())
    add(
      left.data, right.data, rows: left.shape[0], to: parameter.data,
      (left.shape[1], right.shape[1]), scale: -learningRate, keep: keep)
    withExtendedLifetime((left, right)) {}
    keep = 1
  }
}

/// w [m, n] = keep w + scale g^T x for g [rows, m] and x [rows, n].
private func add(
  _ g: UnsafePointer<Float>, _ x: UnsafePointer<Float>, rows: Int,
  to w: UnsafeMutablePointer<Float>, _ extents: (m: Int, n: Int), scale: Float, keep: Float
) {
  let (m, n) = extents
  kernel(w) {
    guard rows <= fewRows else {
      return product(
        MatrixOperand(data: g, isTransposed: true, leading: m),
        MatrixOperand(data: x, isTransposed: false, leading: n), rows: m, columns: n, depth: rows,
        into: w, leading: n, scale: scale, keep: keep)
    }
    parallel(m, grain: fewRowsGrain(rows * n)) {
      let at = $0.lowerBound
      tributary_few_rows_update(
        g + at, m, x, n, rows, $0.count, n, scale, keep, w + at * n)
    }
  }
}
