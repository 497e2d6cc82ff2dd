import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

/// Shapes beyond the golden ones, where other kernels serve: planned products, blocked convolutions.
struct LargeShapesTests {
  @Test(arguments: [(70, 300, 260), (128, 384, 384), (17, 300, 41), (200, 10, 784), (1, 5, 3)])
  func productsOfAllKinds(m: Int, k: Int, n: Int) {
    let a = Reference.random([m, k], "a")
    let b = Reference.random([k, n], "b")
    let expected = Reference.product(a.floats(), b.floats(), m: m, k: k, n: n)
    let at = a.transposed().reshaped([k, m])
    let bt = b.transposed().reshaped([n, k])
    let found = [
      matmul(a, b), matmul(at, b, transposeA: true), matmul(a, bt, transposeB: true),
      matmul(at, bt, transposeA: true, transposeB: true), linear(a, weight: bt),
      matmul(at.transposed(), bt.transposed()),
    ]
    for result in found {
      #expect(difference(result.floats(), expected, absolute: 1e-4, relative: 1e-4) == nil)
    }
    let bias = Reference.random([n], "bias")
    let shifted = zip(expected.indices, expected).map { $1 + bias.floats()[$0 % n] }
    #expect(
      difference(
        linear(a, weight: bt, bias: bias).floats(), shifted, absolute: 1e-4, relative: 1e-4) == nil)
  }

  @Test(arguments: [
    (2, 3, 33, 24, 3, 1, 1, 1), (3, 24, 14, 40, 3, 2, 1, 1), (2, 64, 9, 48, 1, 1, 0, 1),
    (2, 32, 12, 32, 3, 1, 1, 32), (1, 17, 10, 34, 5, 2, 2, 17), (2, 48, 8, 48, 3, 1, 1, 3),
    (4, 64, 16, 64, 3, 1, 1, 1), (8, 33, 9, 40, 3, 1, 1, 1),
  ])
  func convolutions(
    batch: Int, channels: Int, size: Int, out: Int, kernel: Int, stride: Int, padding: Int,
    groups: Int
  ) {
    let x = Reference.random([batch, channels, size, size], "x")
    let w = Reference.random([out, channels / groups, kernel, kernel], "w")
    let y = conv2d(x, weight: w, stride: stride, padding: padding, groups: groups)
    let expected = Reference.convolution(x, w, stride: stride, padding: padding, groups: groups)
    #expect(difference(y.floats(), expected, absolute: 1e-4, relative: 1e-4) == nil)
  }

  /// Winograd's way and the direct one, all three directions: gradients of a loss that uses both inputs.
  @Test(arguments: [
    (32, 48, 16, 3, 1), (16, 17, 24, 3, 1), (64, 64, 7, 3, 1), (40, 24, 11, 3, 0),
    (24, 40, 9, 3, 2), (32, 64, 14, 5, 2), (16, 17, 9, 5, 1), (24, 40, 11, 5, 4),
  ])
  func winogradGradients(channels: Int, out: Int, size: Int, kernel: Int, padding: Int) {
    let x = Reference.random([16, channels, size, size], "x")
    let w = Reference.random([out, channels, kernel, kernel], "w")
    let side = size + 2 * padding - kernel + 1
    let seed = Reference.random([16, out, side, side], "seed")
    func gradients(_ split: Bool) -> [[Float]] {
      let inputs = [x.variable(), w.variable()]
      // Images one by one are too small for Winograd.
      let parts = (0..<(split ? 16 : 1)).map { index in
        conv2d(
          split ? inputs[0].sliced(axis: 0, index..<(index + 1)) : inputs[0], weight: inputs[1],
          padding: padding)
      }
      return gradient(of: .concatenated(parts, axis: 0), at: inputs, seed: seed).map {
        $0.floats()
      }
    }
    for (fast, direct) in zip(gradients(false), gradients(true)) {
      let size = direct.map(abs).max() ?? 0
      #expect(difference(fast, direct, absolute: 3e-5 * size, relative: 1e-4) == nil)
    }
  }

  /// A residual block with 17 channels, whose blocked layout is padded: every operator between two
  /// convolutions must leave the padding at 0.
  @Test func paddedChannelsStayZero() {
    let x = Reference.random([2, 17, 8, 8], "x")
    let w = Reference.random([17, 17, 3, 3], "w")
    let one = Tensor.ones([17])
    func block(_ plain: Bool) -> Tensor {
      func settle(_ t: Tensor) -> Tensor { plain ? t.contiguous() : t }
      var h = settle(conv2d(x, weight: w, padding: 1))
      h = settle(batchNorm(h, weight: one, bias: one).output)
      h = settle(h.exp() / (h.squared() + 1))
      h = settle(h.sigmoid() + 0.5)
      h = settle(h * Tensor.scalar(2) - h / (h + 3))
      h = settle(maxPool2d(h, kernel: 2))
      h = settle(h.sliced(axis: 2, from: 0, to: 4, by: 2))
      h = settle(batchNormInference(h, weight: one, bias: one, mean: one * 0.5, variance: one))
      return conv2d(h, weight: w, padding: 1)
    }
    #expect(
      difference(block(false).floats(), block(true).floats(), absolute: 1e-4, relative: 1e-4) == nil
    )
  }

  @Test func blockedReductionsAndMeans() {
    let x = Reference.random([3, 17, 5, 4], "x")
    let blocked = x.converted(to: .blocked(16))
    for axes in [[0, 2, 3], [2, 3], [1], [0, 1, 2, 3]] {
      #expect(
        difference(blocked.sum(axes: axes).floats(), x.sum(axes: axes).floats(), absolute: 1e-4)
          == nil)
    }
    #expect(blocked.floats() == x.floats())
    #expect(blocked.converted(to: .blocked(8)).floats() == x.floats())
    #expect(
      difference(
        globalAveragePool(blocked).floats(), x.mean(axes: [2, 3]).floats(), absolute: 1e-6) == nil)
  }
}
