import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct FoldedConvolutionTests {
  /// Channels in and out, size, kernel, stride, groups: Winograd's, direct, pointwise, depthwise, odd ones.
  @Test(arguments: [
    (32, 48, 16, 3, 1, 1), (256, 256, 8, 3, 1, 1), (3, 24, 21, 7, 2, 1), (48, 32, 9, 1, 1, 1),
    (17, 17, 10, 3, 2, 17), (16, 40, 7, 5, 1, 2), (64, 64, 5, 3, 1, 1),
  ])
  func equalsSingleOperators(
    channels: Int, out: Int, size: Int, kernel: Int, stride: Int, groups: Int
  ) {
    let x = Reference.random([8, channels, size, size], "x")
    let w = Reference.random([out, channels / groups, kernel, kernel], "w")
    let norm = Self.norm(out)
    let (by, around) = ((stride, stride), (kernel / 2, kernel / 2))
    let plain = batchNormInference(
      conv2d(x, weight: w, stride: by, padding: around, groups: groups), weight: norm.weight,
      bias: norm.bias, mean: norm.mean, variance: norm.variance)
    let residual = Reference.random(plain.shape, "residual")
    for (added, clamp) in [(nil, Clamp.none), (nil, .relu6), (residual, .none), (residual, .relu)] {
      let y = conv2dNorm(
        x, weight: w, norm: norm, adding: added, clamp: clamp, stride: by, padding: around,
        groups: groups)
      let expected = clamp(added.map { plain + $0 } ?? plain).floats()
      let largest = expected.map(abs).max() ?? 0
      #expect(difference(y.floats(), expected, absolute: 1e-4 * largest, relative: 1e-4) == nil)
    }
  }

  @Test func followsEveryChangeOfItsTensors() {
    let x = Reference.random([2, 16, 16, 16], "x")
    var w = Reference.random([16, 16, 3, 3], "w")
    var norm = Self.norm(16)
    func output() -> [Float] {
      conv2dNorm(x, weight: w, norm: norm, padding: (1, 1)).floats()
    }
    let first = output()
    #expect(output() == first)
    var velocity: Tensor?
    let gradient = w * 1
    sgdStep(&w, gradient: gradient, velocity: &velocity, learningRate: -1)  // doubles
    let second = output()
    #expect(second != first)
    norm = FixedNorm(
      weight: norm.weight * 0.5, bias: norm.bias, mean: norm.mean * 2, variance: norm.variance,
      epsilon: norm.epsilon)
    let third = output()
    #expect(difference(third, first, absolute: 1e-3) == nil && third != second)
  }

  @Test func gradientsFlowWhereTheyAreAsked() {
    let x = Reference.random([2, 16, 8, 8], "x").variable()
    let w = Reference.random([16, 16, 3, 3], "w").variable()
    let norm = Self.norm(16)
    let y = conv2dNorm(x, weight: w, norm: norm, adding: x, clamp: .relu, padding: (1, 1))
    let plain = addRelu(
      batchNormInference(
        conv2d(x, weight: w, padding: 1), weight: norm.weight, bias: norm.bias, mean: norm.mean,
        variance: norm.variance), x)
    for (one, other) in zip(
      gradient(of: y.sum(), at: [x, w]), gradient(of: plain.sum(), at: [x, w]))
    {
      #expect(one.floats() == other.floats())
    }
  }

  private static func norm(_ channels: Int) -> FixedNorm {
    FixedNorm(
      weight: Reference.random([channels], "weight") + 1.5,
      bias: Reference.random([channels], "bias"),
      mean: Reference.random([channels], "mean"),
      variance: Reference.random([channels], "variance").squared() + 0.5, epsilon: 1e-5)
  }
}
