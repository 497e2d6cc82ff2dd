import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

/// A chain beside the same operators one by one, whose gradients are checked for themselves.
struct ConvolutionChainTests {
  /// Channels in, inside and out, size, kernel and stride of the depthwise convolution, and its padding at the
  /// near and the far side.
  struct Sizes: CustomStringConvertible {
    let channels: (Int, Int, Int)
    let size: (Int, Int)
    var kernel = 3
    var stride = 1
    var padding = (1, 1)
    var isWidened = true
    var description: String { "\(channels) \(size) \(kernel) \(stride) \(padding)" }

    var channelsInside: Int { isWidened ? channels.1 : channels.0 }
  }

  static let cases = [
    Sizes(channels: (16, 96, 24), size: (18, 20)),
    Sizes(channels: (9, 41, 17), size: (7, 7), stride: 2),
    Sizes(channels: (24, 72, 40), size: (13, 10), kernel: 5, stride: 2, padding: (2, 2)),
    Sizes(channels: (16, 48, 8), size: (12, 12), stride: 2, padding: (0, 1)),
    Sizes(channels: (32, 0, 16), size: (64, 60), isWidened: false),
    // What has no kernel of its own goes one by one.
    Sizes(channels: (3, 16, 16), size: (8, 8)),
  ]

  @Test(arguments: cases, [Clamp.none, .relu6, Clamp(low: -0.5, high: 0.25)])
  func equalsOneByOne(_ sizes: Sizes, clamp: Clamp) {
    let inputs = Self.inputs(sizes)
    func both(_ isChained: Bool) -> (Tensor, [Tensor]) {
      let points = inputs.map { $0.variable() }
      let y = isChained ? chained(points, sizes, clamp) : single(points, sizes, clamp)
      return (y, gradient(of: y, at: points, seed: Reference.random(y.shape, "seed")))
    }
    let (value, gradients) = both(true)
    let (expected, others) = both(false)
    expectClose(value, expected)
    for (one, other) in zip(gradients, others) { expectClose(one, other) }
  }

  /// Only some of the tensors move: what the others would need is left out.
  @Test(arguments: [[1], [4], [7], [2, 3], [0, 4], [5, 6], [1, 7]])
  func gradientsOfSome(_ moving: [Int]) {
    let sizes = Self.cases[0]
    let inputs = Self.inputs(sizes)
    func gradients(_ isChained: Bool) -> [Tensor] {
      var points = inputs
      for index in moving { points[index] = inputs[index].variable() }
      let y = isChained ? chained(points, sizes, .relu6) : single(points, sizes, .relu6)
      return gradient(
        of: y, at: moving.map { points[$0] }, seed: Reference.random(y.shape, "seed"))
    }
    for (one, other) in zip(gradients(true), gradients(false)) { expectClose(one, other) }
  }

  @Test func momentsAreTheBatchNorms() throws {
    let sizes = Self.cases[1]
    let x = Self.inputs(sizes)
    let moments = Self.moments(x, sizes)
    let first = conv2d(x[0], weight: x[1])
    let expected = batchNorm(first, weight: x[2], bias: x[3])
    let found = try #require(moments.first)
    expectClose(found.mean, expected.batchMean)
    expectClose(found.variance, expected.batchVariance)
    #expect(found.count == first.count / first.shape[1])
  }

  @Test(arguments: cases) func outputBitsDoNotDependOnThreads(_ sizes: Sizes) {
    func run(_ threads: Int) -> [[Float]] {
      ComputeThreads.pin(threads)
      defer { ComputeThreads.pin(2) }
      let points = Self.inputs(sizes).map { $0.variable() }
      let y = chained(points, sizes, .relu6)
      let dx = gradient(of: y, at: [points[0]], seed: Reference.random(y.shape, "seed"))
      return ([y] + dx).map { $0.floats() }
    }
    #expect(run(1) == run(2))
  }

  /// Beside a convolution over all channels whose other weights are 0.
  @Test(arguments: [1, 2]) func depthwiseFiveByFive(stride: Int) {
    let channels = 20
    let x = Reference.random([2, channels, 11, 9], "x")
    let w = Reference.random([channels, 1, 5, 5], "w").variable()
    let mask = Tensor(
      (0..<channels * channels).map { Float($0 / channels == $0 % channels ? 1 : 0) },
      shape: [channels, channels, 1, 1])
    let one = conv2d(x, weight: w, stride: stride, padding: 2, groups: channels)
    let other = conv2d(x, weight: w * mask, stride: stride, padding: 2)
    let seed = Reference.random(one.shape, "seed")
    expectClose(one, other)
    expectClose(
      gradient(of: one, at: [w], seed: seed)[0], gradient(of: other, at: [w], seed: seed)[0])
  }

  private func chained(_ x: [Tensor], _ sizes: Sizes, _ clamp: Clamp) -> Tensor {
    Self.chain(x, sizes, clamp).output
  }

  private static func moments(_ x: [Tensor], _ sizes: Sizes) -> [BatchMoments] {
    chain(x, sizes, .relu6).moments
  }

  private static func chain(
    _ x: [Tensor], _ sizes: Sizes, _ clamp: Clamp
  ) -> (output: Tensor, moments: [BatchMoments]) {
    let middle = ChainedConvolution(
      weight: x[sizes.isWidened ? 4 : 1], stride: (sizes.stride, sizes.stride),
      padding: (sizes.padding.0, sizes.padding.0), farPadding: (sizes.padding.1, sizes.padding.1),
      groups: sizes.channelsInside)
    let last = (
      norm: ChainedNorm(weight: x[x.count - 3], bias: x[x.count - 2], clamp: clamp),
      convolution: ChainedConvolution(weight: x[x.count - 1])
    )
    guard sizes.isWidened else { return convolutionChain(x[0], middle, then: [last]) }
    return convolutionChain(
      x[0], ChainedConvolution(weight: x[1]),
      then: [(ChainedNorm(weight: x[2], bias: x[3], clamp: clamp), middle), last])
  }

  private func single(_ x: [Tensor], _ sizes: Sizes, _ clamp: Clamp) -> Tensor {
    func norm(_ y: Tensor, _ weight: Tensor, _ bias: Tensor) -> Tensor {
      clamp(batchNorm(y, weight: weight, bias: bias).output)
    }
    var y = x[0]
    if sizes.isWidened { y = norm(conv2d(y, weight: x[1]), x[2], x[3]) }
    y = conv2d(
      y, weight: x[sizes.isWidened ? 4 : 1], stride: (sizes.stride, sizes.stride),
      padding: (sizes.padding.0, sizes.padding.0), farPadding: (sizes.padding.1, sizes.padding.1),
      groups: sizes.channelsInside)
    return conv2d(norm(y, x[x.count - 3], x[x.count - 2]), weight: x[x.count - 1])
  }

  /// x, then the weights and the norms' tensors in the order of the chain.
  private static func inputs(_ sizes: Sizes) -> [Tensor] {
    let (channels, inside) = (sizes.channels, sizes.channelsInside)
    func norm(_ label: String) -> [Tensor] {
      [Reference.random([inside], "\(label)w") + 1.5, Reference.random([inside], "\(label)b")]
    }
    let x = Reference.random([3, channels.0, sizes.size.0, sizes.size.1], "x")
    let middle = Reference.random([inside, 1, sizes.kernel, sizes.kernel], "w1")
    let last = norm("b") + [Reference.random([channels.2, inside, 1, 1], "w2")]
    guard sizes.isWidened else { return [x, middle] + last }
    return [x, Reference.random([inside, channels.0, 1, 1], "w0")] + norm("a") + [middle] + last
  }

  private func expectClose(_ one: Tensor, _ other: Tensor) {
    let size = other.floats().map(abs).max() ?? 0
    #expect(one.shape == other.shape)
    #expect(
      difference(one.floats(), other.floats(), absolute: 1e-4 * size, relative: 1e-4) == nil)
  }
}
