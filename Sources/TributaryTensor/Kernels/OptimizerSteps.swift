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
