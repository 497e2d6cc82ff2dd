import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct ComputePrecisionTests {
  /// oneDNN computes bfloat16 on every CPU with AVX-512.
  private static let canEmulate = OneDNN.channelBlock == 16

  @Test func aCPUWithoutItRefuses() throws {
    guard !ComputePrecision.hasBFloat16 else { return }
    let error = #expect(throws: TributaryError.self) {
      try ComputePrecision.bfloat16.within { Tensor.ones([1]) }
    }
    #expect(error?.code == "compute.precision")
  }

  @Test(.enabled(if: canEmulate)) func productsAndGradientsAreFloat32sUpToRounding() throws {
    let x = Reference.random([128, 192], "x").variable()
    let weight = Reference.random([512, 192], "w").variable()
    let bias = Reference.random([512], "b").variable()
    let down = Reference.random([256, 512], "down").variable()
    func run() -> [[Float]] {
      let inner = linearGelu(x, weight: weight, bias: bias)
      let y = linear(inner, weight: down)
      let seed = Reference.random(y.shape, "seed")
      return [y.floats()]
        + gradient(of: y, at: [x, weight, bias, down], seed: seed).map { $0.floats() }
    }
    let exact = run()
    let rounded = try ComputePrecision.$isEmulationAllowed.withValue(true) {
      try ComputePrecision.bfloat16.within(run)
    }
    for (a, b) in zip(rounded, exact) {
      #expect(a != b)
      // A product of factors with errors of 2^-9 each: the error of a sum is small beside its terms' norm.
      let error = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let size = b.reduce(0) { $0 + $1 * $1 }
      #expect((error / size).squareRoot() < 0.008)
    }
  }

  /// Float32 weights and bfloat16 products: the loss falls as in float32.
  @Test(.enabled(if: canEmulate)) func aLossCurveFollowsFloat32s() throws {
    let x = Reference.random([256, 64], "x")
    let labels = Tensor((0..<256).map { Int32($0 % 4) }, shape: [256])
    let start: ParameterTree<Tensor> = [
      "a": Reference.random([512, 64], "a") * 0.1, "b": .zeros([512]),
      "c": Reference.random([4, 512], "c") * 0.05,
    ]
    func losses() -> [Float] {
      var parameters = start
      return (0..<20).map { _ in
        let (loss, gradients) = valueAndGradient(
          of: { tree in
            let hidden = linearGelu(
              x, weight: tree["a"] ?? x, bias: tree["b"] ?? x)
            return softmaxCrossEntropy(linear(hidden, weight: tree["c"] ?? x), labels: labels)
          }, at: parameters)
        parameters.updateValues { name, value in
          var velocity: Tensor?
          sgdStep(
            &value, gradient: gradients[name] ?? value, velocity: &velocity, learningRate: 0.5)
        }
        return loss.item
      }
    }
    let exact = losses()
    let rounded = try ComputePrecision.$isEmulationAllowed.withValue(true) {
      try ComputePrecision.bfloat16.within(losses)
    }
    #expect(exact[19] < exact[0] - 0.05)
    #expect(rounded != exact)
    for (a, b) in zip(rounded, exact) { #expect(abs(a - b) < 0.01) }
  }
}
