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
    let source = contiguous()
    let copy = Tensor(uninitialized: shape, dtype: dtype)
    copy.storage.pointer.copyMemory(from: source.words, byteCount: 4 * count)
    withExtendedLifetime(source) {}
    self = copy
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
  let (p, d, v) = (parameter.data, g.data, buffer?.data)
  parallel(parameter.count, grain: elementGrain) { range in
    let at = range.lowerBound
    tributary_sgd(
      p + at, d + at, v.map { $0 + at }, range.count, learningRate, momentum, dampening,
      weightDecay, nesterov ? 1 : 0, first ? 1 : 0)
  }
  withExtendedLifetime(g) {}
  if let buffer { velocity = buffer }
}

/// One step of torch.optim.AdamW (Loshchilov and Hutter 2019), in place where the buffers are uniquely
/// held; `step` counts from 1.
public func adamWStep(
  _ parameter: inout Tensor, gradient: Tensor, firstMoment: inout Tensor,
  secondMoment: inout Tensor, step: Int, learningRate: Float, beta1: Float = 0.9,
  beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0.01
) {
  require(
    parameter.shape == gradient.shape && firstMoment.shape == gradient.shape
      && secondMoment.shape == gradient.shape && step >= 1,
    "adamWStep: \(parameter.shape) and gradient \(gradient.shape), step \(step)")
  let g = gradient.detached.contiguous()
  parameter.prepareForWriting()
  firstMoment.prepareForWriting()
  secondMoment.prepareForWriting()
  let (b1, b2) = (precise(beta1), precise(beta2))
  let (rate, decay) = (precise(learningRate), precise(weightDecay))
  let stepSize = rate / (1 - power(b1, step))
  let rootDivisor = (1 - power(b2, step)).squareRoot()
  let (p, d, m, v) = (parameter.data, g.data, firstMoment.data, secondMoment.data)
  parallel(parameter.count, grain: elementGrain) { range in
    let at = range.lowerBound
    tributary_adamw(
      p + at, d + at, m + at, v + at, range.count, Float(1 - rate * decay), beta2, Float(1 - b1),
      Float(1 - b2), Float(stepSize), Float(rootDivisor), epsilon)
  }
  withExtendedLifetime(g) {}
}

/// The decimal number that a float32 setting was written as: 0.999 rather than 0.99900001287.
private func precise(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }

private func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, factor, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= factor }
    factor *= factor
    rest >>= 1
  }
  return result
}
