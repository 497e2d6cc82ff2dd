internal import CTributaryKernels
internal import TributaryCore

/// A batch norm between two convolutions of blocked tensors: its statistics, and what they make of its input.
struct NormTable {
  let clamp: Clamp
  let moments: BatchMoments
  private let shape: tributary_norm
  /// By padded channel: mean, variance, inverse, scale, shift.
  private let rows: Tensor

  private var width: Int { shape.groups * shape.block }

  /// - Parameters:
  ///   - x: the norm's input, blocked.
  ///   - moments: [2, images * padded channels], of each image and channel the mean and the sum of squared
  ///     deviations from it.
  init(
    of x: Tensor, moments: Tensor, weight: Tensor, bias: Tensor, epsilon: Float, clamp: Clamp
  ) {
    guard case .blocked(let block) = x.layout else { refuse("a norm's table of \(x.layout)") }
    let channels = x.shape[1]
    shape = tributary_norm(
      images: x.shape[0], groups: roundedUp(channels, to: block) / block,
      area: x.shape[2] * x.shape[3], block: block, channels: channels)
    self.clamp = clamp
    let width = shape.groups * block
    rows = Tensor(uninitialized: [5, width])
    let (table, values) = (rows.data, moments.data)
    withUnsafePointer(to: shape) {
      tributary_norm_statistics(
        $0, tributary_norm_part(first: 0, last: x.shape[0], begin: 0, end: $0.pointee.groups),
        values, values + x.shape[0] * width, weight.data, bias.data, epsilon, table, table + width,
        table + 2 * width, table + 3 * width, table + 4 * width)
    }
    withExtendedLifetime((moments, weight, bias)) {}
    let flat = rows.reshaped([5 * width])
    self.moments = BatchMoments(
      mean: flat.sliced(axis: 0, 0..<channels).contiguous(),
      variance: flat.sliced(axis: 0, width..<width + channels).contiguous(),
      count: x.shape[0] * shape.area)
  }

  /// For the kernels, while this table lives.
  var kernelArguments: tributary_norm_moments_of {
    tributary_norm_moments_of(
      map: tributary_norm_map(
        scale: rows.data + 3 * width, shift: rows.data + 4 * width, low: clamp.low,
        high: clamp.high),
      mean: rows.data, inverse: rows.data + 2 * width)
  }

  /// What the sums of the gradient within the bounds, and of it times the normalised input, make of it:
  /// [2, images * padded channels].
  func slope(sums: Tensor) -> NormSlope {
    let found = Tensor(uninitialized: [4, width])
    let (table, results, values) = (rows.data, found.data, sums.data)
    withUnsafePointer(to: shape) {
      tributary_norm_slopes(
        $0,
        tributary_norm_part(first: 0, last: $0.pointee.images, begin: 0, end: $0.pointee.groups),
        values, values + $0.pointee.images * width, table, table + 2 * width, table + 3 * width,
        results, results + width, results + 2 * width, results + 3 * width)
    }
    withExtendedLifetime((self, sums)) {}
    let flat = found.reshaped([4 * width])
    return NormSlope(
      weightGradient: flat.sliced(axis: 0, 0..<shape.channels).contiguous(),
      biasGradient: flat.sliced(axis: 0, width..<width + shape.channels).contiguous(),
      rows: rows, found: found)
  }
}

/// The gradients of a norm's weight and bias, and how its input's follows from its result's.
struct NormSlope {
  let weightGradient: Tensor
  let biasGradient: Tensor
  fileprivate let rows: Tensor
  fileprivate let found: Tensor

  /// For the kernels, while this value lives.
  var kernelArguments: tributary_norm_slope {
    let width = rows.shape[1]
    return tributary_norm_slope(
      scale: rows.data + 3 * width, slope: found.data + 2 * width, offset: found.data + 3 * width)
  }
}
