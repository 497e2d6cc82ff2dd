internal import CTributaryKernels
internal import TributaryCore

/// An inverted residual (Sandler et al. 2018) in inference by one kernel, norms folded in: the widened tensor
/// exists a few rows and channels at a time.
struct Bottleneck {
  private let shape: tributary_bottleneck
  private let convolutions: [ChannelConvolution]
  private let images: Int
  private let inPlane: Int
  private let outPlane: Int

  /// nil unless `convolutions` are a depthwise one and a pointwise one behind and perhaps one in front.
  init?(_ convolutions: [ChannelConvolution]) {
    guard convolutions.count == 2 || convolutions.count == 3,
      let middle = convolutions[convolutions.count - 2].depthwise,
      let narrow = convolutions[convolutions.count - 1].pointwise
    else { return nil }
    var inBlocks = middle.blocks
    if convolutions.count == 3 {
      guard let widen = convolutions[0].pointwise else { return nil }
      inBlocks = widen.inBlocks
    }
    shape = tributary_bottleneck(
      depthwise: middle, inBlocks: inBlocks, outBlocks: narrow.outBlocks)
    self.convolutions = convolutions
    images = convolutions[0].geometry.batch
    inPlane = inBlocks * middle.block * middle.height * middle.width
    outPlane = narrow.outBlocks * narrow.block * narrow.area
  }

  /// One convolution's weights, blocked, its bias by padded channel, and its bounds.
  struct Part {
    let filters: Storage
    let bias: Tensor
    let clamp: Clamp

    fileprivate var kernelArguments: tributary_folded {
      tributary_folded(filters: filters.floats, bias: bias.data, low: clamp.low, high: clamp.high)
    }
  }

  /// All tensors blocked; a part for each convolution.
  func run(_ x: Tensor, _ parts: [Part], adding residual: Tensor?, into y: Tensor) {
    let (source, target, added) = (x.data, y.data, residual?.data)
    var widen = parts[0].kernelArguments
    var filter = parts[parts.count - 2].kernelArguments
    var narrow = parts[parts.count - 1].kernelArguments
    withUnsafePointer(to: &widen) { widen in
      withUnsafePointer(to: &filter) { filter in
        withUnsafePointer(to: &narrow) { narrow in
          parallel(images, grain: 1) { range in
            withUnsafePointer(to: shape) { shape in
              let scratch = Storage(byteCount: 4 * tributary_bottleneck_scratch(shape))
              for image in range {
                tributary_bottleneck_forward(
                  shape, parts.count == 3 ? widen : nil, filter, narrow, source + image * inPlane,
                  added.map { $0 + image * outPlane }, target + image * outPlane, scratch.floats)
              }
            }
          }
        }
      }
    }
    withExtendedLifetime((x, parts, residual, y)) {}
  }
}
