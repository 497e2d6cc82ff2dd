import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

@Suite struct RematerializationTests {
  private let x = Tensor((0..<12).map { Float($0) / 7 - 0.8 }, shape: [3, 4])
  private let w = Tensor((0..<20).map { Float($0 * $0 % 11) / 11 - 0.4 }, shape: [4, 5])

  private func block(_ inputs: [Tensor]) -> Tensor { matmul(inputs[0], inputs[1]).tanh() }

  private func square(_ x: Tensor) -> Tensor { (x * x).sum() }

  private func loss(_ inputs: [Tensor], again: Bool) -> Tensor {
    guard again else { return square(block(inputs)) }
    let output = withoutGradient { block(inputs) }
    return square(output.rematerialized(from: inputs, by: block))
  }

  @Test func hasTheSameGradientsToTheBit() {
    let inputs = [x.variable(), w.variable()]
    let kept = gradient(of: loss(inputs, again: false), at: inputs)
    let again = gradient(of: loss(inputs, again: true), at: inputs)
    for (a, b) in zip(kept, again) { #expect(a.floats() == b.floats()) }
  }

  @Test func canBeDifferentiatedAgain() {
    let inputs = [x.variable(), w.variable()]
    func curvature(again: Bool) -> [Float] {
      let slope = gradient(of: loss(inputs, again: again), at: inputs, createGraph: true)
      return gradient(of: square(slope[0]), at: [inputs[1]])[0].floats()
    }
    let (kept, again) = (curvature(again: false), curvature(again: true))
    #expect(kept.contains { $0 != 0 })
    for (a, b) in zip(kept, again) { #expect(abs(a - b) <= 1e-5 * max(1, abs(a))) }
  }

  @Test func computesTheBodyOnlyWhereAGradientFlows() {
    var calls = 0
    let inputs = [x, w]  // constants
    let output = block(inputs).rematerialized(from: inputs) { inputs in
      calls += 1
      return self.block(inputs)
    }
    #expect(!output.requiresGradient)
    #expect(calls == 0)
  }
}
