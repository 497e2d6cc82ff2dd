internal import CTributaryKernels
public import TributaryCore

/// Zeros with `probability`, the rest times 1 / (1 - probability) (Srivastava et al. 2014); for training.
///
/// Element i (row-major) falls where word i under `key` is below probability * 2^32: nothing is kept for
/// the gradient, which draws the same words again.
public func dropout(_ x: Tensor, probability: Float, key: RandomKey) -> Tensor {
  require(
    probability >= 0 && probability < 1, "dropout: probability \(probability) outside 0..<1")
  guard probability > 0 else { return x }
  let input = x.detached.contiguous()
  let output = Tensor(uninitialized: x.shape)
  let draw = DropoutDraw(probability, key)
  let (source, target) = (input.data, output.data)
  parallel(x.count, grain: mathGrain) {
    draw.apply(source + $0.lowerBound, first: $0.lowerBound, $0.count, target + $0.lowerBound)
  }
  withExtendedLifetime(input) {}
  return output.recorded(x) { gradient, _ in
    [dropout(gradient, probability: probability, key: key)]
  }
}

/// Which elements fall.
struct DropoutDraw {
  private let threshold: UInt32
  private let scale: Float
  private let key: RandomKey

  init(_ probability: Float, _ key: RandomKey) {
    threshold = UInt32(Double(probability) * 0x1p32)
    scale = 1 / (1 - probability)
    self.key = key
  }

  /// On `count` elements from element `first`, a multiple of 64, on.
  func apply(
    _ x: UnsafePointer<Float>, first: Int, _ count: Int, _ y: UnsafeMutablePointer<Float>
  ) {
    tributary_dropout(x, first, count, threshold, scale, key.key, key.salt, y)
  }
}
