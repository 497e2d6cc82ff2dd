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

  /// The gradient of the weights, with rows, columns and depth left over, from views with gaps.
  @Test(arguments: [[64, 256, 256], [130, 70, 610], [1100, 65, 100], [400, 103, 113]])
  func theWeightGradientEqualsAPlainProduct(_ sizes: [Int]) {
    let (m, n, k) = (sizes[0], sizes[1], sizes[2])
    let g = Reference.random([m, n + 16], "g").sliced(axis: 1, 0..<n)
    let x = Reference.random([m, k + 16], "x").sliced(axis: 1, 0..<k)
    let expected = Reference.product(
      g.contiguous().transposed().floats(), x.contiguous().floats(), m: n, k: m, n: k)
    let found = withoutGradient { weightGradient(g, x) }.floats()
    #expect(difference(found, expected, absolute: 1e-4, relative: 1e-5) == nil)
  }

  /// Which pieces there are, and which thread computes one, changes no bit.
  @Test(.enabled(if: PanelProduct.serves(columns: 1000, depth: 500)))
  func panelsGiveTheSameBitsOnAnyNumberOfThreads() {
    let (m, k, n) = (203, 500, 1000)
    let x = Reference.random([m, k], "x")
    let product = PanelProduct(Reference.random([n, k], "w"), transposed: true)
    let before = ComputeThreads.count
    defer { ComputeThreads.pin(before) }
    let results = [1, 2, 3].map { threads in
      ComputeThreads.pin(threads)
      let y = Tensor(uninitialized: [m, n])
      product.run(
        MatrixOperand(data: x.data, isTransposed: false, leading: k), rows: m, into: y.data,
        leading: n)
      return y.floats()
    }
    withExtendedLifetime(x) {}
    #expect(results[0] == results[1] && results[0] == results[2])
  }
}
