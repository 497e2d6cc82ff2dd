internal import CTributaryKernels
public import TributaryCore

/// Whole examples of x [B, ...] zeroed with `probability`, the rest times 1 / (1 - probability), for the branches
/// of a residual network in training (Huang et al. 2016, arXiv:1603.09382).
///
/// Example i falls where word i under `key` is below probability * 2^32, so nothing is kept for the gradient.
public func stochasticDepth(_ x: Tensor, probability: Float, key: RandomKey) -> Tensor {
  require(
    probability >= 0 && probability < 1 && x.rank >= 1,
    "stochasticDepth: probability \(probability) on \(x.shape)")
  guard probability > 0 else { return x }
  let input = x.detached.dense()
  let output = Tensor(uninitialized: x.shape, layout: input.layout)
  let size = input.storedCount / max(1, x.shape[0])
  let threshold = UInt32(Double(probability) * 0x1p32)
  var words = key.generator
  let (source, target) = (input.data, output.data)
  for example in 0..<x.shape[0] {
    let falls = words.nextWord() < threshold
    let first = example * size
    parallel(size, grain: elementGrain) {
      if falls {
        tributary_fill(0, $0.count, output.words + first + $0.lowerBound)
      } else {
        tributary_affine(
          source + first + $0.lowerBound, $0.count, 1 / (1 - probability), 0,
          target + first + $0.lowerBound)
      }
    }
  }
  withExtendedLifetime((input, output)) {}
  return output.recorded(x) { gradient, _ in
    [stochasticDepth(gradient, probability: probability, key: key)]
  }
}
