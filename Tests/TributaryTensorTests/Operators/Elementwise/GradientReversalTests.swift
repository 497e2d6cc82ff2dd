import Testing
import TributaryCore
import TributaryTensor

@Suite struct GradientReversalTests {
  /// The values pass as they are; what comes back is turned round, behind which the chain rule goes on.
  @Test func turnsTheGradientRound() {
    let x = Tensor([1, -2, 3] as [Float], shape: [3])
    let (value, gradient) = valueAndGradient(
      of: { tree in
        let x = tree["x"] ?? .scalar(.nan)
        return
          ((x * 2).reversingGradient(scale: 0.5) * Tensor([1, 10, 100] as [Float], shape: [3]))
          .sum()
      }, at: ["x": x])
    #expect(value.item == 2 - 40 + 600)
    #expect(gradient["x"]?.floats() == [-1, -10, -100])
  }

  @Test func isDifferentiableAgain() {
    let x = Tensor.scalar(3).variable()
    let first = gradient(
      of: (x.reversingGradient(scale: 2)).squared(), at: [x], createGraph: true)[0]
    #expect(first.item == -12)
    // d/dx of -2 · 2x, where the derivative itself goes through the reversal once more.
    #expect(gradient(of: first, at: [x])[0].item == 8)
  }
}
