import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

/// Convolutions in bfloat16 beside float32's, on every CPU with AVX-512.
@Suite(.enabled(if: OneDNN.channelBlock == 16)) struct RoundedConvolutionTests {
  /// Channels in and out, size, kernel, stride: those for Winograd's minimal filtering in float32, strided,
  /// pointwise, first ones of row-major images, channels that do not fill their blocks.
  private static let cases = [
    (64, 64, 16, 3, 1), (48, 80, 15, 3, 2), (64, 128, 16, 1, 1), (64, 96, 28, 1, 2),
    (3, 64, 40, 7, 2), (17, 40, 18, 5, 1), (32, 64, 14, 5, 1),
  ]

  private static func rounded<Result>(_ body: () throws -> Result) throws -> Result {
    try ComputePrecision.$isEmulationAllowed.withValue(true) {
      try ComputePrecision.bfloat16.within(body)
    }
  }

  /// The root of the mean squared error beside that of the values: 2^-9 a factor.
  private func expectRounded(_ found: [Float], _ exact: [Float], within limit: Float = 0.006) {
    #expect(found.count == exact.count && found != exact)
    let error = zip(found, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect((error / exact.reduce(0) { $0 + $1 * $1 }).squareRoot() < limit)
  }

  @Test(arguments: cases)
  func valuesAndGradients(channels: Int, out: Int, size: Int, kernel: Int, stride: Int) throws {
    let x = Reference.random([8, channels, size, size], "x").variable()
    let w = Reference.random([out, channels, kernel, kernel], "w").variable()
    let bias = Reference.random([out], "bias").variable()
    func run() -> [[Float]] {
      let y = conv2d(x, weight: w, bias: bias, stride: stride, padding: kernel / 2)
      let seed = Reference.random(y.shape, "seed")
      return [y.floats()] + gradient(of: y, at: [x, w, bias], seed: seed).map { $0.floats() }
    }
    for (found, exact) in zip(try Self.rounded(run), run()) { expectRounded(found, exact) }
  }

  @Test(arguments: cases)
  func foldedNorms(channels: Int, out: Int, size: Int, kernel: Int, stride: Int) throws {
    let x = Reference.random([8, channels, size, size], "x")
    let w = Reference.random([out, channels, kernel, kernel], "w")
    let (one, other) = (Reference.random([out], "one"), Reference.random([out], "other"))
    let norm = FixedNorm(
      weight: one, bias: other, mean: other, variance: one.squared() + 1, epsilon: 1e-5)
    let side = (size + 2 * (kernel / 2) - kernel) / stride + 1
    let residual = Reference.random([8, out, side, side], "residual")
    func run() -> [Float] {
      conv2dNorm(
        x, weight: w, norm: norm, adding: residual, clamp: .relu, stride: (stride, stride),
        padding: (kernel / 2, kernel / 2)
      ).floats()
    }
    expectRounded(try Self.rounded(run), run())
  }

  /// A gradient of a gradient is float32's, at the rounded input.
  @Test func secondOrder() throws {
    let x = Reference.random([8, 32, 16, 16], "x").variable()
    let w = Reference.random([48, 32, 3, 3], "w").variable()
    func run() -> [[Float]] {
      let y = conv2d(x, weight: w, stride: 2, padding: 1)
      let first = gradient(of: y.squared().sum(), at: [x, w], createGraph: true)
      return gradient(of: first[0].squared().sum() + first[1].squared().sum(), at: [x, w])
        .map { $0.floats() }
    }
    for (found, exact) in zip(try Self.rounded(run), run()) {
      expectRounded(found, exact, within: 0.02)
    }
  }

  @Test func smallOnesAndGroupsStayExact() throws {
    let x = Reference.random([2, 16, 8, 8], "x")
    for (shape, groups) in [([8, 16, 1, 1] as Shape, 1), ([16, 1, 3, 3], 16)] {
      let w = Reference.random(shape, "w")
      func run() -> [Float] { conv2d(x, weight: w, groups: groups).floats() }
      #expect(try Self.rounded(run) == run())
    }
  }
}
