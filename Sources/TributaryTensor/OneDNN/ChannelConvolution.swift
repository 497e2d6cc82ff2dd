internal import CTributaryKernels
internal import TributaryCore

/// A pointwise or depthwise convolution on blocked tensors by our own kernels, which compute the norm and the
/// bounds in front of it on the way and the moments of its result: an inverted residual (Sandler et al. 2018)
/// is bound by its passes over memory, and these go without most of them.
///
/// Results of forward and of the input's gradient do not depend on the number of threads; the gradient of
/// pointwise filters is summed by thread.
struct ChannelConvolution {
  private enum Kernel {
    case pointwise(tributary_pointwise)
    case depthwise(tributary_depthwise)
  }

  let geometry: ConvolutionGeometry
  let layout: Layout
  private let kernel: Kernel
  private let block: Int

  /// nil where these kernels do not serve, by shape and kind of CPU alone.
  init?(_ geometry: ConvolutionGeometry) {
    block = OneDNN.channelBlock
    layout = .blocked(block)
    self.geometry = geometry
    guard tributary_cpu_multiplies(block) != 0,
      let kernel = Self.pointwise(geometry, block) ?? Self.depthwise(geometry, block)
    else { return nil }
    self.kernel = kernel
  }

  private static func pointwise(_ geometry: ConvolutionGeometry, _ block: Int) -> Kernel? {
    guard geometry.kernel == [1, 1], geometry.stride == [1, 1], geometry.groups == 1,
      (geometry.padding + geometry.farPadding).allSatisfy({ $0 == 0 }),
      min(geometry.inChannels, geometry.outChannels) >= block / 2
    else { return nil }
    return .pointwise(
      tributary_pointwise(
        area: geometry.height * geometry.width,
        inBlocks: roundedUp(geometry.inChannels, to: block) / block,
        outBlocks: roundedUp(geometry.outChannels, to: block) / block, block: block))
  }

  private static func depthwise(_ geometry: ConvolutionGeometry, _ block: Int) -> Kernel? {
    let size = geometry.kernel[0]
    guard geometry.groups == geometry.inChannels, geometry.groups == geometry.outChannels,
      size == 3 || size == 5, geometry.kernel == [size, size],
      geometry.stride == [1, 1] || geometry.stride == [2, 2], geometry.dilation == [1, 1],
      (geometry.padding + geometry.farPadding).allSatisfy({ $0 <= (size - 1) / 2 }),
      geometry.inChannels >= block / 2
    else { return nil }
    return .depthwise(
      tributary_depthwise(
        height: geometry.height, width: geometry.width, outHeight: geometry.outHeight,
        outWidth: geometry.outWidth, kernel: size, stride: geometry.stride[0],
        top: geometry.padding[0], left: geometry.padding[1],
        blocks: roundedUp(geometry.inChannels, to: block) / block, block: block))
  }

  var pointwise: tributary_pointwise? {
    if case .pointwise(let shape) = kernel { shape } else { nil }
  }
  var depthwise: tributary_depthwise? {
    if case .depthwise(let shape) = kernel { shape } else { nil }
  }

  private var images: Int { geometry.batch }
  private var inner: Int { roundedUp(geometry.inChannels, to: block) }
  private var outer: Int { roundedUp(geometry.outChannels, to: block) }
  private var inPlane: Int { inner * geometry.height * geometry.width }
  private var outPlane: Int { outer * geometry.outHeight * geometry.outWidth }
  private var taps: Int { geometry.kernel[0] * geometry.kernel[1] }

  /// The weights as the kernels want them; `turned`: as the gradient of the input does.
  func filters(_ weight: Tensor, turned: Bool = false) -> Storage {
    let source = weight.detached.contiguous()
    let result = Storage(byteCount: 4 * (depthwise != nil ? inner * taps : inner * outer))
    if depthwise != nil {
      tributary_depthwise_filters(
        source.data, geometry.inChannels, taps, block, result.floats)
    } else {
      tributary_pointwise_filters(
        source.data, geometry.outChannels, geometry.inChannels, turned ? 1 : 0, block,
        result.floats)
    }
    withExtendedLifetime(source) {}
    return result
  }

  /// Memory for what an image's kernel finds by channel: [2, images * padded channels].
  func sums(ofInput: Bool) -> Tensor {
    Tensor(uninitialized: [2, images * (ofInput ? inner : outer)])
  }

  /// y from x: of clamp(norm(x)) where there is a norm. `moments` gets y's, as `NormTable` wants them.
  func forward(
    _ x: Tensor, norm: NormTable? = nil, _ filters: Storage, into y: Tensor, moments: Tensor? = nil
  ) {
    let (source, target, weights) = (x.data, y.data, filters.floats)
    let means = moments?.data
    let squares = means.map { $0 + images * outer }
    withKernelPointer(norm?.kernelArguments.map) { map in
      switch kernel {
      case .pointwise(let shape):
        forEachImage(of: shape) { shape, image, scratch in
          tributary_pointwise_forward(
            shape, map, source + image * inPlane, weights, target + image * outPlane,
            means.map { $0 + image * outer }, squares.map { $0 + image * outer }, scratch)
        }
      case .depthwise(let shape):
        forEachUnit(of: shape) { shape, units, scratch in
          tributary_depthwise_forward(
            shape, units.lowerBound, units.upperBound, map, source, weights, nil, -.infinity,
            .infinity, target, means, squares, scratch)
        }
      }
    }
    withExtendedLifetime((x, norm, filters, y, moments)) {}
  }

  /// How the gradient of y comes: as it is, or through the norm behind the convolution.
  struct Upstream {
    let gradient: Tensor
    var norm: (slope: NormSlope, y: Tensor)?
  }

  /// The gradients of the input and of the weights, where asked for. With a norm in front, `dx` is that of
  /// clamp(norm(x)) within the bounds, and `sums` gets its sums.
  func backward(
    _ x: Tensor, norm: NormTable? = nil, turned: Storage?, _ upstream: Upstream, dx: Tensor?,
    sums: Tensor? = nil, dw: Tensor?
  ) {
    let first = sums?.data
    let second = first.map { $0 + images * inner }
    let (source, g, y) = (x.data, upstream.gradient.data, upstream.norm?.y.data)
    let (target, weights) = (dx?.data, turned?.floats)
    withKernelPointer(norm?.kernelArguments) { of in
      withKernelPointer(upstream.norm?.slope.kernelArguments) { slope in
        switch kernel {
        case .pointwise(let shape):
          pointwiseShares(of: shape, into: dw) { shape, image, share, scratch in
            tributary_pointwise_backward(
              shape, of, source + image * inPlane, weights, slope, y.map { $0 + image * outPlane },
              g + image * outPlane, target.map { $0 + image * inPlane },
              first.map { $0 + image * inner }, second.map { $0 + image * inner }, share, scratch)
          }
        case .depthwise(let shape):
          let shares = dw.map { _ in Storage(byteCount: 4 * images * inner * taps) }
          forEachUnit(of: shape) { shape, units, scratch in
            tributary_depthwise_backward(
              shape, units.lowerBound, units.upperBound, of, source, weights, slope, y, g, target,
              first, second, shares?.floats, scratch)
          }
          if let shares, let dw {
            tributary_depthwise_weights(
              shares.floats, images, geometry.inChannels, taps, block, dw.data)
          }
        }
      }
    }
    withExtendedLifetime((x, norm, turned, upstream, dx, sums, dw)) {}
  }

  private func withKernelPointer<Value>(
    _ value: Value?, _ body: (UnsafePointer<Value>?) -> Void
  ) {
    if let value { withUnsafePointer(to: value) { body($0) } } else { body(nil) }
  }

  private func forEachImage(
    of shape: tributary_pointwise,
    _ body: (UnsafePointer<tributary_pointwise>, Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    parallel(images, grain: 1) { range in
      withUnsafePointer(to: shape) { shape in
        let scratch = Storage(byteCount: 4 * tributary_pointwise_scratch(shape))
        for image in range { body(shape, image, scratch.floats) }
      }
    }
  }

  private func forEachUnit(
    of shape: tributary_depthwise,
    _ body: (UnsafePointer<tributary_depthwise>, Range<Int>, UnsafeMutablePointer<Float>) -> Void
  ) {
    parallel(images * shape.blocks, grain: 1) { range in
      withUnsafePointer(to: shape) { shape in
        let scratch = Storage(byteCount: 4 * tributary_depthwise_scratch(shape))
        body(shape, range, scratch.floats)
      }
    }
  }

  /// Runs `body` for all images; every thread sums its own share of `dw`, and these are added up in order.
  private func pointwiseShares(
    of shape: tributary_pointwise, into dw: Tensor?,
    _ body: (
      UnsafePointer<tributary_pointwise>, Int, UnsafeMutablePointer<Float>?,
      UnsafeMutablePointer<Float>
    ) -> Void
  ) {
    let size = inner * outer
    let parts = min(images, ComputeThreads.count)
    let shares = dw.map { _ in Storage(byteCount: 4 * parts * size) }
    parallel(parts, grain: 1) { range in
      withUnsafePointer(to: shape) { shape in
        let scratch = Storage(byteCount: 4 * tributary_pointwise_scratch(shape))
        for part in range {
          let share = shares.map { $0.floats + part * size }
          if let shares { tributary_fill(0, size, shares.words + part * size) }
          for image in (images * part / parts)..<(images * (part + 1) / parts) {
            body(shape, image, share, scratch.floats)
          }
        }
      }
    }
    guard let dw, let shares else { return }
    for part in 1..<Swift.max(1, parts) {
      tributary_add_in_place(shares.floats + part * size, size, shares.floats)
    }
    tributary_pointwise_weights(
      shares.floats, geometry.outChannels, geometry.inChannels, block, dw.data)
  }
}
