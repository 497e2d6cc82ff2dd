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

  /// Layouts of input and output.
  struct Way {
    let input: Layout
    let output: Layout
  }

  /// Ways worth trying, best first.
  var ways: [Way] {
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
}
