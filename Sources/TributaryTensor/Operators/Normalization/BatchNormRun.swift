internal import CTributaryKernels
internal import TributaryCore

/// One batch normalisation in training: what forward leaves for backward.
///
/// A group of channels is worked off as a whole where there are enough of them for the threads: what one
/// pass over it leaves in the cache serves the next.
struct BatchNormRun {
  let input: Tensor
  let mean: Tensor
  let variance: Tensor
  private let shape: tributary_norm
  private let clamp: Clamp
  /// Kept where the bounds cannot be told from the input alone.
  private let output: Tensor?
  /// By padded channel: mean, variance, inverse, scale, shift.
  private let table: Tensor

  /// `input` is dense; [B, C] is one image of B positions with C channels innermost.
  static func forward(
    _ input: Tensor, _ weight: Tensor, _ bias: Tensor, epsilon: Float, adding residual: Tensor?,
    clamp: Clamp
  ) -> (run: BatchNormRun, output: Tensor) {
    let shape = Self.shape(of: input)
    let width = shape.groups * shape.block
    let table = Tensor(uninitialized: [5, width])
    let partial = Tensor(uninitialized: [2, shape.images * width])
    let output = Tensor(uninitialized: input.shape, layout: input.layout)
    let added = residual?.converted(to: input.layout)
    let (x, y, r) = (input.data, output.data, added?.data)
    let (w, b, rows) = (weight.data, bias.data, table.data)
    let (means, squares) = (partial.data, partial.data + shape.images * width)
    withUnsafePointer(to: shape) { shape in
      var map = tributary_norm_map(
        scale: rows + 3 * width, shift: rows + 4 * width, low: clamp.low, high: clamp.high)
      Self.run(
        shape.pointee,
        first: { tributary_norm_moments(shape, $0, x, means, squares) },
        between: {
          tributary_norm_statistics(
            shape, $0, means, squares, w, b, epsilon, rows, rows + width, rows + 2 * width,
            rows + 3 * width, rows + 4 * width)
        },
        second: { tributary_norm_apply(shape, $0, &map, x, r, y) })
    }
    withExtendedLifetime((input, weight, bias, added, partial)) {}
    let needsOutput = residual != nil && clamp != .none
    let run = BatchNormRun(
      input: input, shape: shape, clamp: clamp, output: needsOutput ? output : nil, table: table)
    return (run, output)
  }

  private init(
    input: Tensor, shape: tributary_norm, clamp: Clamp, output: Tensor?, table: Tensor
  ) {
    self.input = input
    self.shape = shape
    self.clamp = clamp
    self.output = output
    self.table = table
    let width = table.shape[1]
    let moments = table.reshaped([5 * width])
    mean = moments.sliced(axis: 0, 0..<shape.channels).contiguous()
    variance = moments.sliced(axis: 0, width..<width + shape.channels).contiguous()
  }

  private static func shape(of input: Tensor) -> tributary_norm {
    let channels = input.shape[1]
    if case .blocked(let block) = input.layout {
      return tributary_norm(
        images: input.shape[0], groups: roundedUp(channels, to: block) / block,
        area: input.shape[2] * input.shape[3], block: block, channels: channels)
    }
    if input.rank == 2 {
      return tributary_norm(
        images: 1, groups: 1, area: input.shape[0], block: channels, channels: channels)
    }
    return tributary_norm(
      images: input.shape[0], groups: channels, area: input.shape[2] * input.shape[3], block: 1,
      channels: channels)
  }

  /// Two passes over the tensor and what goes between them for each group of channels.
  private static func run(
    _ shape: tributary_norm, first: (tributary_norm_part) -> Void,
    between: (tributary_norm_part) -> Void, second: (tributary_norm_part) -> Void
  ) {
    let size = Swift.max(1, shape.images * shape.area * shape.block)
    let whole = tributary_norm_part(first: 0, last: shape.images, begin: 0, end: shape.groups)
    if ComputeThreads.count == 1 || shape.groups >= 2 * ComputeThreads.count {
      return parallel(shape.groups, grain: Swift.max(1, elementGrain / size)) { groups in
        for group in groups {
          let part = tributary_norm_part(
            first: 0, last: shape.images, begin: group, end: group + 1)
          first(part)
          between(part)
          second(part)
        }
      }
    }
    let grain = Swift.max(1, elementGrain / Swift.max(1, shape.groups * shape.area * shape.block))
    func images(_ range: Range<Int>) -> tributary_norm_part {
      tributary_norm_part(
        first: range.lowerBound, last: range.upperBound, begin: 0, end: shape.groups)
    }
    parallel(shape.images, grain: grain) { first(images($0)) }
    between(whole)
    parallel(shape.images, grain: grain) { second(images($0)) }
  }

  /// Gradients of input, weight, bias and the residual. With n values a channel, g the gradient within the
  /// bounds and h = (x - mean) inverse: dw = sum(g h), db = sum(g), dx = scale (g - db / n - h dw / n).
  func backward(_ gradient: Tensor, _ needs: [Bool]) -> [Tensor?] {
    let upstream = gradient.converted(to: input.layout)
    let width = table.shape[1]
    let partial = Tensor(uninitialized: [2, shape.images * width])
    let results = Tensor(uninitialized: [4, width])
    let dx = Tensor(uninitialized: input.shape, layout: input.layout)
    let wantsResidual = needs.count > 3 && needs[3]
    let gated =
      wantsResidual && clamp != .none
      ? Tensor(uninitialized: input.shape, layout: input.layout) : nil
    let (g, x, y, dr, rows) = (upstream.data, input.data, output?.data, gated?.data, table.data)
    let (sums, products) = (partial.data, partial.data + shape.images * width)
    let (target, found) = (dx.data, results.data)
    withUnsafePointer(to: shape) { shape in
      var map = tributary_norm_map(
        scale: rows + 3 * width, shift: rows + 4 * width, low: clamp.low, high: clamp.high)
      // Where the gradient within the bounds was written down, nothing has to be kept out any more.
      var second = map
      if dr != nil { (second.low, second.high) = (-.infinity, .infinity) }
      Self.run(
        shape.pointee,
        first: {
          tributary_norm_sums(
            shape, $0, &map, g, x, y, rows, rows + 2 * width, dr, sums, products)
        },
        between: {
          tributary_norm_slopes(
            shape, $0, sums, products, rows, rows + 2 * width, rows + 3 * width, found,
            found + width, found + 2 * width, found + 3 * width)
        },
        second: {
          tributary_norm_input(
            shape, $0, &second, dr ?? g, x, y, found + 2 * width, found + 3 * width, target)
        })
    }
    withExtendedLifetime((self, upstream, partial)) {}
    let channels = shape.channels
    let flat = results.reshaped([4 * width])
    return [
      dx, flat.sliced(axis: 0, 0..<channels).contiguous(),
      flat.sliced(axis: 0, width..<width + channels).contiguous(),
    ] + (needs.count > 3 ? [wantsResidual ? gated ?? upstream : nil] : [])
  }
}
