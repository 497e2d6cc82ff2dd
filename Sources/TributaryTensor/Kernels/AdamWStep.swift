internal import CTributaryKernels
public import TributaryCore

/// What AdamW remembers of one tensor: running means of its gradient and of the gradient's square.
public struct AdamWMoments: Sendable {
  public fileprivate(set) var first: Tensor
  public fileprivate(set) var second: Tensor
  /// Steps done.
  public fileprivate(set) var step = 0
  /// A byte for each run of elements: 0 while both moments are 0 there. Such a run, as the rows of words that
  /// no batch has held yet, is neither read nor written in a step whose gradient there is 0.
  fileprivate var isAwake: [UInt8]

  public init(shape: Shape) {
    first = .zeros(shape)
    second = .zeros(shape)
    isAwake = [UInt8](
      repeating: 0, count: (shape.elementCount + adamWRun - 1) / adamWRun)
  }
}

extension AdamWMoments {
  /// As they were after `step` steps.
  public init(first: Tensor, second: Tensor, step: Int) {
    require(first.shape == second.shape, "AdamWMoments: \(first.shape) and \(second.shape)")
    self.init(shape: first.shape)
    self.first = first
    self.second = second
    self.step = step
    let (m, v) = (first.floats(), second.floats())
    for index in m.indices where m[index] != 0 || v[index] != 0 { isAwake[index / adamWRun] = 1 }
  }
}

private let adamWRun = Int(tributary_adamw_run)

/// One step of torch.optim.AdamW (Loshchilov and Hutter 2019), in place where the buffers are uniquely
/// held.
public func adamWStep(
  _ parameter: inout Tensor, gradient: Tensor, moments: inout AdamWMoments, learningRate: Float,
  beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0.01
) {
  adamWStep(
    &parameter, gradient: FactoredGradient(gradient), moments: &moments, learningRate: learningRate,
    beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
}

/// The same, with the same bits, for a gradient that may be factors or rows; rows stay rows.
public func adamWStep(
  _ parameter: inout Tensor, gradient: FactoredGradient, moments: inout AdamWMoments,
  learningRate: Float, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
  weightDecay: Float = 0.01
) {
  require(
    parameter.shape == gradient.shape && moments.first.shape == gradient.shape,
    "adamWStep: \(parameter.shape) and gradient \(gradient.shape)")
  moments.step += 1
  let rows = gradient.onlyRows.map { CompactRows($0, table: gradient.shape) }
  let dense = rows?.sums ?? gradient.tensor.detached.contiguous()
  parameter.prepareForWriting()
  moments.first.prepareForWriting()
  moments.second.prepareForWriting()
  let (b1, b2) = (precise(beta1), precise(beta2))
  let (rate, decay) = (precise(learningRate), precise(weightDecay))
  let stepSize = rate / (1 - power(b1, moments.step))
  let rootDivisor = (1 - power(b2, moments.step)).squareRoot()
  let settings = tributary_adamw_settings(
    keep: Float(1 - rate * decay), beta2: beta2, oneMinusBeta1: Float(1 - b1),
    oneMinusBeta2: Float(1 - b2), stepSize: Float(stepSize), rootDivisor: Float(rootDivisor),
    epsilon: epsilon)
  let (p, d, m, v) = (parameter.data, dense.data, moments.first.data, moments.second.data)
  let (count, width, places) = (parameter.count, gradient.shape.last ?? 1, rows?.places.integers)
  moments.isAwake.withUnsafeMutableBufferPointer { awake in
    nonisolated(unsafe) let awake = awake
    parallel(awake.count, grain: elementGrain / adamWRun) { runs in
      let at = runs.lowerBound * adamWRun
      guard let flags = awake.baseAddress else { return }
      let end = min(count, runs.upperBound * adamWRun)
      withUnsafePointer(to: settings) {
        if let places {
          tributary_adamw_rows($0, p, d, places, width, m, v, at, end, flags)
        } else {
          tributary_adamw($0, p + at, d + at, m + at, v + at, end - at, flags + runs.lowerBound)
        }
      }
    }
  }
  withExtendedLifetime((dense, rows)) {}
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
