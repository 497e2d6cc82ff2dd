import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct LinearGeluTests {
  /// Small ones, and one whose rows are spread in memory and whose products are planned.
  @Test(arguments: [[3, 5, 7], [40, 96, 512], [64, 128, 1536], [131, 90, 500]])
  func equalsLinearThenGelu(_ sizes: [Int]) {
    let (rows, inputs, outputs) = (sizes[0], sizes[1], sizes[2])
    let x = Reference.random([1, rows, inputs], "x").variable()
    let weight = Reference.random([outputs, inputs], "w").variable()
    let bias = Reference.random([outputs], "b").variable()
    let down = Reference.random([4, outputs], "down").variable()
    func run(_ y: Tensor) -> [[Float]] {
      let z = linear(y, weight: down)
      let seed = Reference.random(z.shape, "seed")
      return [y.floats(), z.floats()]
        + gradient(of: z, at: [x, weight, bias, down], seed: seed).map { $0.floats() }
    }
    let fused = run(linearGelu(x, weight: weight, bias: bias))
    let plain = run(linear(x, weight: weight, bias: bias).gelu())
    for (a, b) in zip(fused, plain) {
      #expect(difference(a, b, absolute: 2e-4, relative: 2e-5) == nil)
    }
  }

  @Test func canBeDifferentiatedTwice() {
    let x = Reference.random([4, 6], "x").variable()
    let weight = Reference.random([8, 6], "w").variable()
    let bias = Reference.random([8], "b").variable()
    func twice(_ y: Tensor) -> [[Float]] {
      let first = gradient(of: y.squared().sum(), at: [x, weight, bias], createGraph: true)
      let total = first.map { $0.squared().sum() }.reduce(Tensor.scalar(0), +)
      return gradient(of: total, at: [x, weight, bias]).map { $0.floats() }
    }
    let fused = twice(linearGelu(x, weight: weight, bias: bias))
    for (a, b) in zip(fused, twice(linear(x, weight: weight, bias: bias).gelu())) {
      #expect(difference(a, b, absolute: 1e-3, relative: 1e-4) == nil)
    }
  }
}
