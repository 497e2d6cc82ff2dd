internal import CTributaryKernels
internal import TributaryCore

/// A 3x3 convolution of stride 1 by minimal filtering F(4x4, 3x3) (Lavin and Gray 2016), a 5x5 one by
/// F(2x2, 5x5), or one of their derivatives, on blocked tensors.
///
/// Ours rather than oneDNN's: AVX2 gets it, too, it adds bias, residual and bounds in the same pass,
/// and the transformed filters of frozen layers can be kept. Tiles are worked off in panels that stay in
/// the cache, each by one thread, so results do not depend on the number of threads.
struct WinogradConvolution {
  private var shape: tributary_winograd
  private let tiles: Int
  private let outputs: Int
  private let inputs: Int
  private let kernel: Int
  private let direction: ConvolutionPlan.Direction
  let layout: Layout

  private var block: Int { shape.block }
  private var inner: Int { shape.inBlocks * block }
  private var outer: Int { shape.outBlocks * block }

  /// nil where another way is faster, by shape and kind of CPU alone.
  ///
  /// On one core of Emerald Rapids (AVX-512, batch 16 of ResNet-18's shapes, ms, oneDNN direct / oneDNN's
  /// Winograd / this in two runs, which on that shared machine differ by up to a third): 64 channels forward
  /// 22.7 / 11.2 / 8.8 to 9.1, data 24.7 / 10.9 / 9.4 to 9.6, weights 26.0 / 12.0 / 9.6 to 11.2; 128 channels
  /// 22.3 / 9.3 / 8.9 to 12.1, 22.9 / 11.3 / 8.9 to 12.2, 23.7 / 12.0 / 9.2 to 9.5; 256 channels 21.3 / 16.2 /
  /// 10.9 to 12.8, 28.1 / 19.3 / 11.2 to 11.6, 34.7 / 19.6 / 11.1 to 11.9; 512 channels 21.3 / 27.0 / 18.9 to
  /// 22.3, 26.2 / 26.2 / 20.3 to 24.0, 33.5 / 27.5 / 16.6 to 18.8. 5x5 from 32 to 64 channels at 14x14, batch
  /// 10: 1.07 / - / 0.81, 1.33 / - / 0.88, 1.58 / - / 0.92. With AVX2 twice as fast as the direct way with 64 to
  /// 512 channels in all directions.
  init?(_ geometry: ConvolutionGeometry, _ direction: ConvolutionPlan.Direction) {
    let block = OneDNN.channelBlock
    guard let kernel = [3, 5].first(where: { geometry.kernel == [$0, $0] }),
      geometry.stride == [1, 1], geometry.dilation == [1, 1],
      geometry.groups == 1, geometry.padding.allSatisfy({ $0 < kernel }),
      min(geometry.inChannels, geometry.outChannels) >= 16,
      geometry.outHeight >= 4, geometry.outWidth >= 4,
      geometry.batch * geometry.outHeight * geometry.outWidth >= 512,
      tributary_cpu_multiplies(block) != 0
    else { return nil }
    let tile = 7 - kernel
    let turned = direction == .data
    self.kernel = kernel
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
        outWidth: geometry.width, paddingTop: kernel - 1 - geometry.padding[0],
        paddingLeft: kernel - 1 - geometry.padding[1], inBlocks: outBlocks, outBlocks: inBlocks,
        block: block, tile: tile)
      : tributary_winograd(
        height: geometry.height, width: geometry.width, outHeight: geometry.outHeight,
        outWidth: geometry.outWidth, paddingTop: geometry.padding[0],
        paddingLeft: geometry.padding[1], inBlocks: inBlocks, outBlocks: outBlocks, block: block,
        tile: tile)
    tiles =
      geometry.batch * ((shape.outHeight + tile - 1) / tile) * ((shape.outWidth + tile - 1) / tile)
  }

  /// Tiles of a panel, a multiple of 12: so many that the filters are not read too often, so few that
  /// transformed values stay in the second-level cache where the filters do.
  private var rows: Int {
    let wanted = inner + outer <= 512 ? 24 : (inner + outer <= 640 ? 132 : 252)
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
        w, outputs, inputs, kernel, direction == .data ? 1 : 0, block, $0.lowerBound,
        $0.upperBound, u)
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
    // With many channels the sums leave the cache between panels: fewer of these then.
    let wanted = inner * outer > 192 * 192 ? 132 : 48
    let rows = min(wanted * ComputeThreads.count, roundedUp(tiles, to: 12))
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
        sums.floats, outputs, inputs, kernel, block, $0.lowerBound, $0.upperBound, target)
    }
    withExtendedLifetime((x, gradient)) {}
  }
}
