internal import CTributaryKernels
internal import TributaryCore

/// A 3x3 convolution of stride 1 by minimal filtering F(4x4, 3x3) (Lavin and Gray 2016), or one of its
/// derivatives, on blocked tensors.
///
/// Ours rather than oneDNN's: AVX2 gets it, too, it adds bias, residual and bounds in the same pass,
/// and the transformed filters of frozen layers can be kept. Tiles are worked off in panels that stay in
/// the cache, each by one thread, so results do not depend on the number of threads.
struct WinogradConvolution {
  private var shape: tributary_winograd
  private let tiles: Int
  private let outputs: Int
  private let inputs: Int
  private let direction: ConvolutionPlan.Direction
  let layout: Layout

  private var block: Int { shape.block }
  private var inner: Int { shape.inBlocks * block }
  private var outer: Int { shape.outBlocks * block }

  /// nil where another way is faster, by shape and kind of CPU alone.
  ///
  /// On one core of Skylake (AVX-512, batch 16 of ResNet-18's shapes, ms, oneDNN direct / oneDNN's
  /// Winograd / this): 64 channels forward 31.0 / 17.6 / 14.6, data 31.4 / 16.9 / 14.3, weights 33.0 /
  /// 16.4 / 15.7; 128 channels 30.1 / 22.2 / 14.3, 29.7 / 21.5 / 15.2, 30.7 / 15.4 / 16.5; 256 channels
  /// 30.0 / 21.7 / 22.9, of which 4 transform the filters. With AVX2 twice as fast as the direct way
  /// with 64 to 512 channels in all directions.
  init?(
    _ geometry: ConvolutionGeometry, _ direction: ConvolutionPlan.Direction,
    keepingFilters: Bool = false
  ) {
    let block = OneDNN.channelBlock
    guard geometry.kernel == [3, 3], geometry.stride == [1, 1], geometry.dilation == [1, 1],
      geometry.groups == 1, geometry.padding.allSatisfy({ $0 <= 2 }),
      min(geometry.inChannels, geometry.outChannels) >= 16,
      geometry.outHeight >= 4, geometry.outWidth >= 4,
      geometry.batch * geometry.outHeight * geometry.outWidth >= 512,
      tributary_cpu_multiplies(block) != 0
    else { return nil }
    let filterCount = geometry.inChannels * geometry.outChannels
    if block == 16, !keepingFilters, direction == .weights || filterCount > 192 * 192 {
      return nil
    }
    let turned = direction == .data
    inputs = geometry.inChannels
    outputs = geometry.outChannels
    self.direction = direction
    layout = .blocked(block)
    let inBlocks = roundedUp(inputs, to: block) / block
    let outBlocks = roundedUp(outputs, to: block) / block
    shape =
      turned
      ? tributary_winograd(
        height: geometry.outHeight, width: geometry.outWidth, outHeight: geometry.height,
        outWidth: geometry.width, paddingTop: 2 - geometry.padding[0],
        paddingLeft: 2 - geometry.padding[1], inBlocks: outBlocks, outBlocks: inBlocks,
        block: block)
      : tributary_winograd(
        height: geometry.height, width: geometry.width, outHeight: geometry.outHeight,
        outWidth: geometry.outWidth, paddingTop: geometry.padding[0],
        paddingLeft: geometry.padding[1], inBlocks: inBlocks, outBlocks: outBlocks, block: block)
    tiles = geometry.batch * ((shape.outHeight + 3) / 4) * ((shape.outWidth + 3) / 4)
  }

  /// Tiles of a panel, a multiple of 12: so many that the filters are not read too often, so few that
  /// transformed values stay in the second-level cache where the filters do.
  private var rows: Int {
    let wanted = inner + outer <= 320 ? 24 : (inner + outer <= 640 ? 132 : 252)
    let threads = ComputeThreads.count
    return min(wanted, roundedUp((tiles + threads - 1) / threads, to: 12))
  }

  private func stride(_ rows: Int, _ channels: Int) -> Int {
    tributary_winograd_stride(rows, channels)
  }

  /// The transformed filters of `weight`.
  func filters(_ weight: Tensor) -> Storage {
    let source = weight.contiguous()
    let result = Storage(byteCount: 4 * 36 * stride(inner, outer))
    let (w, u) = (source.data, result.floats)
    parallel(shape.inBlocks, grain: 1) {
      tributary_winograd_filters(
        w, outputs, inputs, direction == .data ? 1 : 0, block, $0.lowerBound, $0.upperBound, u)
    }
    withExtendedLifetime(source) {}
    return result
  }

  /// Forward, or backward to the data: `y` from `x`, both blocked. `bias` as long as the padded channels,
  /// `residual` blocked.
  func run(
    _ x: Tensor, _ filters: Storage, bias: Tensor? = nil, adding residual: Tensor? = nil,
    clamp: Clamp = .none, into y: Tensor
  ) {
    let rows = rows
    let panels = (tiles + rows - 1) / rows
    let (source, u, target) = (x.data, filters.floats, y.data)
    let (shift, added) = (bias?.data, residual?.data)
    parallel(panels, grain: 1) { range in
      withUnsafePointer(to: shape) { shape in
        let panel = Storage(byteCount: 4 * 36 * stride(rows, inner))
        let products = Storage(byteCount: 4 * 36 * stride(rows, outer))
        for index in range {
          let start = index * rows
          let end = min(start + rows, tiles)
          let used = roundedUp(end - start, to: 12)
          tributary_winograd_input(shape, source, start, start, end, used, panel.floats)
          tributary_winograd_products(shape, panel.floats, u, used, 0, 36, products.floats)
          tributary_winograd_output(
            shape, products.floats, start, start, end, used, shift, added, clamp.low, clamp.high,
            target)
        }
      }
    }
    withExtendedLifetime((x, filters, bias, residual)) {}
  }

  /// The weights' gradient from `x` and the output's, both blocked.
  func weightGradient(_ x: Tensor, _ gradient: Tensor, into dw: Tensor) {
    let sums = Storage(byteCount: 4 * 36 * stride(inner, outer))
    let rows = min(48 * ComputeThreads.count, roundedUp(tiles, to: 12))
    let panel = Storage(byteCount: 4 * 36 * stride(rows, inner))
    let other = Storage(byteCount: 4 * 36 * stride(rows, outer))
    let (source, upstream) = (x.data, gradient.data)
    withUnsafePointer(to: shape) { shape in
      for start in Swift.stride(from: 0, to: tiles, by: rows) {
        let end = min(start + rows, tiles)
        parallel(end - start, grain: 6) { range in
          let (first, last) = (start + range.lowerBound, start + range.upperBound)
          tributary_winograd_input(shape, source, start, first, last, rows, panel.floats)
          tributary_winograd_gradient(shape, upstream, start, first, last, rows, other.floats)
        }
        parallel(36, grain: 1) {
          tributary_winograd_correlate(
            shape, panel.floats, other.floats, rows, end - start, $0.lowerBound, $0.upperBound,
            start == 0 ? 1 : 0, sums.floats)
        }
      }
    }
    let target = dw.data
    parallel(shape.inBlocks, grain: 1) {
      tributary_winograd_filter_gradient(
        sums.floats, outputs, inputs, block, $0.lowerBound, $0.upperBound, target)
    }
    withExtendedLifetime((x, gradient)) {}
  }
}
