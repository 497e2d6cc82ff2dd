internal import COneDNN
internal import TributaryCore

/// Every number that defines a two-dimensional convolution.
struct ConvolutionGeometry: Hashable {
  let batch: Int
  let inChannels: Int
  let height: Int
  let width: Int
  let outChannels: Int
  let kernel: [Int]
  let stride: [Int]
  /// At the top and at the left.
  let padding: [Int]
  /// At the bottom and at the right.
  let farPadding: [Int]
  let dilation: [Int]
  let groups: Int

  var outHeight: Int { extent(height, 0) }
  var outWidth: Int { extent(width, 1) }
  var input: Shape { [batch, inChannels, height, width] }
  var output: Shape { [batch, outChannels, outHeight, outWidth] }
  var weights: Shape { [outChannels, inChannels / groups, kernel[0], kernel[1]] }

  /// Weights as oneDNN sees them: with an axis of groups where there are several.
  var weightDimensions: [Int] {
    let each = [inChannels / groups, kernel[0], kernel[1]]
    return groups == 1 ? [outChannels] + each : [groups, outChannels / groups] + each
  }

  var numbers: [Int] {
    [batch, inChannels, height, width, outChannels, groups] + kernel + stride + padding + farPadding
      + dilation
  }

  private func extent(_ size: Int, _ axis: Int) -> Int {
    (size + padding[axis] + farPadding[axis] - dilation[axis] * (kernel[axis] - 1) - 1)
      / stride[axis] + 1
  }

  /// Layouts of input and output, and an algorithm.
  struct Way {
    let input: Layout
    let output: Layout
    var algorithm = dnnl_convolution_direct
  }

  /// Ways worth trying, best first.
  func ways(_ direction: ConvolutionPlan.Direction) -> [Way] {
    guard prefersWinograd(direction) else { return directWays }
    let block = Layout.blocked(OneDNN.channelBlock)
    return [Way(input: block, output: block, algorithm: dnnl_convolution_winograd)] + directWays
  }

  private var directWays: [Way] {
    let block = OneDNN.channelBlock
    let plain = Way(input: .rowMajor, output: .rowMajor)
    let blocked = Way(input: .blocked(block), output: .blocked(block))
    if groups == 1 {
      return inChannels <= 4
        ? [Way(input: .rowMajor, output: .blocked(block)), blocked, plain] : [blocked, plain]
    }
    let depthwise = inChannels == groups && outChannels == groups
    let fits = inChannels / groups % block == 0 && outChannels / groups % block == 0
    return depthwise || fits ? [blocked, plain] : [plain]
  }

  /// Whether Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray 2016) should do `direction`.
  ///
  /// By shape alone, as measured on one core of Zen 4 (GFLOP/s, direct / Winograd; forward, data, weights):
  /// 16 channels 88 / 112, 119 / 113, 100 / 159; 32 channels 127 / 230, 126 / 230, 114 / 229; 64 channels
  /// 139 / 296, 139 / 294, 122 / 258. oneDNN has it for AVX-512 only; elsewhere the direct way serves.
  private func prefersWinograd(_ direction: ConvolutionPlan.Direction) -> Bool {
    let plain = kernel == [3, 3] && stride == [1, 1] && dilation == [1, 1] && groups == 1
    let narrowest = min(inChannels, outChannels)
    let tiles = outHeight >= 4 && outWidth >= 4 && batch * outHeight * outWidth >= 512
    return plain && tiles && (padding + farPadding).allSatisfy { $0 <= 1 }
      && narrowest >= (direction == .weights ? 16 : 32) && OneDNN.channelBlock == 16
  }
}
