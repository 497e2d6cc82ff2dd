internal import CTributaryKernels
internal import TributaryCore

/// One batch normalisation in training: what forward leaves for backward.
struct BatchNormRun {
  let input: Tensor
  let mean: Tensor
  let variance: Tensor
  private let relu: Bool
  private let (groups, groupsPerImage, area, block): (Int, Int, Int, Int)
  // By padded channel; padded channels have scale, shift and inverse 0, so they stay 0.
  private let paddedMean: Tensor
  private let inverse: Tensor
  private let scale: Tensor
  private let shift: Tensor

  /// `input` is dense; [B, C] is one image of B positions with C channels innermost.
  init(_ input: Tensor, _ weight: Tensor, _ bias: Tensor, epsilon: Float, relu: Bool) {
    self.input = input
    self.relu = relu
    let channels = input.shape[1]
    var width = channels
    if case .blocked(let block) = input.layout {
      width = roundedUp(channels, to: block)
      (self.block, area) = (block, input.shape[2] * input.shape[3])
      (groupsPerImage, groups) = (width / block, input.shape[0] * (width / block))
    } else if input.rank == 2 {
      (block, area, groupsPerImage, groups) = (channels, input.shape[0], 1, 1)
    } else {
      (block, area) = (1, input.shape[2] * input.shape[3])
      (groupsPerImage, groups) = (channels, input.shape[0] * channels)
    }
    let moments = Tensor(uninitialized: [2, width])
    Self.moments(input, groups, area, block, width, into: moments)
    paddedMean = moments.sliced(axis: 0, 0..<1).reshaped([width])
    let spread = moments.sliced(axis: 0, 1..<2).reshaped([width])
    mean = paddedMean.sliced(axis: 0, 0..<channels)
    variance = spread.sliced(axis: 0, 0..<channels)
    let after = width - channels
    func wide(_ t: Tensor) -> Tensor { t.padded(axis: 0, before: 0, after: after).contiguous() }
    let reciprocal = (variance + epsilon).reciprocalSquareRoot()
    inverse = wide(reciprocal)
    scale = wide(weight * reciprocal)
    shift = wide(bias - mean * (weight * reciprocal))
  }

  private var grain: Int { Swift.max(1, elementGrain / Swift.max(1, area * block)) }

  private static func moments(
    _ input: Tensor, _ groups: Int, _ area: Int, _ block: Int, _ width: Int, into result: Tensor
  ) {
    let partial = Tensor(uninitialized: [2, groups * block])
    let (x, means, squares) = (input.data, partial.data, partial.data + groups * block)
    parallel(groups, grain: Swift.max(1, elementGrain / Swift.max(1, area * block))) {
      tributary_group_moments(x, $0.lowerBound, $0.upperBound, area, block, means, squares)
    }
    tributary_combine_moments(
      means, squares, groups * block / width, width, area, result.data, result.data + width)
    withExtendedLifetime((input, partial)) {}
  }

  func output() -> Tensor {
    let result = Tensor(uninitialized: input.shape, layout: input.layout)
    let (x, s, t, y) = (input.data, scale.data, shift.data, result.data)
    parallel(groups, grain: grain) {
      tributary_scale_channels(
        x, s, t, $0.lowerBound, $0.upperBound, groupsPerImage, area, block, relu ? 1 : 0, y)
    }
    withExtendedLifetime(self) {}
    return result
  }

  /// Gradients of input, weight and bias. With n values a channel, g the gradient and h = (x - mean) inverse:
  /// dw = sum(g h), db = sum(g), dx = scale (g - db / n - h dw / n).
  func backward(_ gradient: Tensor) -> [Tensor?] {
    let upstream = gradient.converted(to: input.layout)
    let (db, dw) = sums(upstream)
    let count = Float(input.count / input.shape[1])
    let slope = scale * inverse * dw * (-1 / count)
    let offset = scale * db * (-1 / count) - slope * paddedMean
    let dx = Tensor(uninitialized: input.shape, layout: input.layout)
    let (g, x, s, t) = (upstream.data, input.data, scale.data, shift.data)
    let (a, b, y) = (slope.data, offset.data, dx.data)
    parallel(groups, grain: grain) {
      tributary_batch_norm_input(
        g, x, s, t, a, b, relu ? 1 : 0, $0.lowerBound, $0.upperBound, groupsPerImage, area, block, y
      )
    }
    withExtendedLifetime((self, upstream, slope, offset)) {}
    let channels = 0..<input.shape[1]
    return [
      dx, dw.sliced(axis: 0, channels).contiguous(), db.sliced(axis: 0, channels).contiguous(),
    ]
  }

  /// By padded channel, the sums of g and of g h.
  private func sums(_ upstream: Tensor) -> (Tensor, Tensor) {
    let partial = Tensor(uninitialized: [2, groups * block])
    let (g, x, m, v) = (upstream.data, input.data, paddedMean.data, inverse.data)
    let (s, t) = (scale.data, shift.data)
    let (first, second) = (partial.data, partial.data + groups * block)
    parallel(groups, grain: grain) {
      tributary_batch_norm_sums(
        g, x, m, v, s, t, relu ? 1 : 0, $0.lowerBound, $0.upperBound, groupsPerImage, area, block,
        first, second)
    }
    withExtendedLifetime((self, upstream)) {}
    let width = groupsPerImage * block
    let totals = partial.reshaped([2, -1, width]).sum(axes: [1])
    return (
      totals.sliced(axis: 0, 0..<1).reshaped([width]),
      totals.sliced(axis: 0, 1..<2).reshaped([width])
    )
  }
}
