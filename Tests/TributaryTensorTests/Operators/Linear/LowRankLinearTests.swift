import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct LowRankLinearTests {
  private func composed(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ a: Tensor, _ b: Tensor
  ) -> Tensor {
    linear(x, weight: weight, bias: bias) + linear(linear(x, weight: a) * 1.5, weight: b)
  }

  /// A small one, and one whose products are planned; with W trained and frozen.
  @Test(arguments: [[3, 5, 7, 2], [72, 256, 260, 8]], [true, false])
  func equalsThreeLinearLayers(_ sizes: [Int], isFrozen: Bool) {
    let (rows, inputs, outputs, rank) = (sizes[0], sizes[1], sizes[2], sizes[3])
    let x = Reference.random([1, rows, inputs], "x").variable()
    let plain = Reference.random([outputs, inputs], "w")
    let weight = isFrozen ? plain : plain.variable()
    let bias = isFrozen ? nil : Reference.random([outputs], "bias").variable()
    let a = Reference.random([rank, inputs], "a").variable()
    let b = Reference.random([outputs, rank], "b").variable()
    let leaves = [x, a, b] + (isFrozen ? [] : [weight] + (bias.map { [$0] } ?? []))
    func run(_ y: Tensor) -> [[Float]] {
      let seed = Reference.random(y.shape, "seed")
      return [y.floats()] + gradient(of: y, at: leaves, seed: seed).map { $0.floats() }
    }
    let fused = run(lowRankLinear(x, weight: weight, bias: bias, a: a, b: b, scale: 1.5))
    for (found, expected) in zip(fused, run(composed(x, weight, bias, a, b))) {
      #expect(difference(found, expected, absolute: 5e-4, relative: 2e-5) == nil)
    }
  }

  @Test func canBeDifferentiatedTwice() {
    let leaves = [[4, 6], [8, 6], [2, 6], [8, 2]].enumerated().map { index, extents in
      Reference.random(Shape(extents), "leaf \(index)").variable()
    }
    func twice(_ y: Tensor) -> [[Float]] {
      let first = gradient(of: y.squared().sum(), at: leaves, createGraph: true)
      let total = first.map { $0.squared().sum() }.reduce(Tensor.scalar(0), +)
      return gradient(of: total, at: leaves).map { $0.floats() }
    }
    let fused = twice(
      lowRankLinear(leaves[0], weight: leaves[1], a: leaves[2], b: leaves[3], scale: 1.5))
    for (found, expected) in zip(
      fused, twice(composed(leaves[0], leaves[1], nil, leaves[2], leaves[3])))
    {
      #expect(difference(found, expected, absolute: 1e-3, relative: 1e-4) == nil)
    }
  }
}
