import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct ResidualNormTests {
  private let x = Reference.random([3, 5, 37], "x").variable()
  private let residual = Reference.random([3, 5, 37], "r").variable()
  private let weight = Reference.random([37], "w").variable()
  private let bias = Reference.random([37], "b").variable()
  private let key = RandomKey(seed: 8)

  private func fused(_ probability: Float) -> Tensor {
    layerNorm(
      x, adding: residual, dropout: probability, randomKey: key, weight: weight, bias: bias)
  }

  private func composed(_ probability: Float) -> Tensor {
    layerNorm(
      dropout(x, probability: probability, key: key) + residual, weight: weight, bias: bias)
  }

  @Test(arguments: [0, 0.3] as [Float])
  func equalsItsParts(_ probability: Float) {
    func run(_ y: Tensor) -> [[Float]] {
      [y.floats()]
        + gradient(
          of: y, at: [x, residual, weight, bias], seed: Reference.random(y.shape, "seed")
        ).map { $0.floats() }
    }
    for (a, b) in zip(run(fused(probability)), run(composed(probability))) {
      #expect(difference(a, b, absolute: 1e-5, relative: 1e-5) == nil)
    }
  }

  @Test func canBeDifferentiatedTwice() {
    func twice(_ y: Tensor) -> [[Float]] {
      let all = [x, residual, weight, bias]
      let first = gradient(of: y.squared().sum(), at: all, createGraph: true)
      let total = first.map { $0.squared().sum() }.reduce(Tensor.scalar(0), +)
      return gradient(of: total, at: all).map { $0.floats() }
    }
    for (a, b) in zip(twice(fused(0.3)), twice(composed(0.3))) {
      #expect(difference(a, b, absolute: 1e-2, relative: 1e-3) == nil)
    }
  }
}
