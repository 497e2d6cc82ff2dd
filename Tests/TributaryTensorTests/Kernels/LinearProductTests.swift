import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct LinearProductTests {
  /// Every way to multiply: a few rows, planned, in panels with rows, columns and depth left over, from a view
  /// with gaps.
  @Test(arguments: [
    [5, 7, 3], [1, 33, 40], [10, 784, 200], [16, 200, 45], [17, 70, 90], [64, 256, 256],
    [64, 64, 1024], [65, 130, 600], [67, 700, 130], [1100, 64, 60],
  ])
  func bothDirectionsEqualAPlainProduct(_ sizes: [Int]) {
    let (m, k, n) = (sizes[0], sizes[1], sizes[2])
    let wide = Reference.random([m, k + 16], "x")
    let view = wide.sliced(axis: 1, 0..<k)
    let weight = Reference.random([n, k], "w")
    let bias = Reference.random([n], "b")
    let (x, w) = (view.contiguous().floats(), weight.floats())
    let transposed = weight.transposed().floats()
    var expected = Reference.product(x, transposed, m: m, k: k, n: n)
    for index in expected.indices { expected[index] += bias.floats()[index % n] }
    for input in [view, view.contiguous()] {
      let y = linear(input, weight: weight, bias: bias).floats()
      #expect(difference(y, expected, absolute: 1e-4, relative: 1e-5) == nil)
    }
    let g = Reference.random([m, n], "g")
    let back = projected(g, weight, transposed: false).floats()
    let slope = Reference.product(g.floats(), w, m: m, k: n, n: k)
    #expect(difference(back, slope, absolute: 1e-4, relative: 1e-5) == nil)
  }

  /// Weights that nobody trains are packed once: until they change.
  @Test func aKeptCopyGoesWithTheValues() {
    let (m, k, n) = (64, 256, 272)
    let x = Reference.random([m, k], "x")
    var weight = Reference.random([n, k], "w")
    let first = linear(x, weight: weight).floats()
    #expect(linear(x, weight: weight).floats() == first)
    var velocity: Tensor?
    sgdStep(
      &weight, gradient: Reference.random([n, k], "g"), velocity: &velocity, learningRate: 0.5)
    let changed = linear(x, weight: weight).floats()
    let fresh = linear(x, weight: Tensor(weight.floats(), shape: [n, k])).floats()
    #expect(changed == fresh && changed != first)
  }
}
