import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct GradientTests {
  @Test func gradientCarriesTheNames() {
    let parameters: ParameterTree<Tensor> = [
      "a": Tensor([1, 2] as [Float], shape: [2]), "unused": .ones([3]),
    ]
    let (value, gradient) = valueAndGradient(
      of: { ($0["a"] ?? .zeros([2])).squared().sum() }, at: parameters)
    #expect(value.item == 5)
    #expect(!value.requiresGradient)
    #expect(gradient.names == ["a", "unused"])
    #expect(gradient["a"]?.floats() == [2, 4])
    #expect(gradient["unused"]?.floats() == [0, 0, 0])
  }

  @Test func frozenTensorsRecordNothing() {
    let frozen = Tensor.ones([3, 3])
    let features = matmul(frozen, frozen).relu()
    #expect(!features.requiresGradient)
    let variable = Tensor.ones([3, 3]).variable()
    #expect(matmul(features, variable).requiresGradient)
    #expect(withoutGradient { !matmul(features, variable).requiresGradient })
    #expect(!matmul(features, variable).detached.requiresGradient)
  }

  @Test func manyPathsAdd() {
    let x = Tensor([3] as [Float], shape: [1]).variable()
    let y = x * x + x * 2 + x.exp().log()
    #expect(gradient(of: y, at: [x])[0].item == 9)
  }

  @Test func gradientAtAnIntermediateValue() {
    let x = Tensor.scalar(2).variable()
    let y = x.squared()
    let z = y.squared() + x
    let found = gradient(of: z, at: [y, x])
    #expect(found.map(\.item) == [8, 33])
  }

  @Test func higherDerivativesOfAPower() {
    var derivative = Tensor.scalar(2).variable()
    let x = derivative
    derivative = x.squared() * x.squared()
    let expected: [Float] = [32, 48, 48, 24]
    for value in expected {
      derivative = gradient(of: derivative, at: [x], createGraph: true)[0]
      #expect(derivative.item == value)
    }
  }

  /// The gradient through an inner step, w' = w - rate g(w): for g(w) = a w it is a factor 1 - rate a.
  @Test func gradientThroughAnInnerStep() {
    let parameters: ParameterTree<Tensor> = ["w": .scalar(3)]
    let result = valueAndGradient(
      of: { outer in
        let (_, inner) = valueAndGradient(
          of: { ($0["w"] ?? .scalar(0)).squared() * 0.5 }, at: outer, createGraph: true)
        let adapted = (outer["w"] ?? .scalar(0)) - (inner["w"] ?? .scalar(0)) * 0.1
        return adapted.squared()
      }, at: parameters)
    #expect(abs(result.value.item - 7.29) < 1e-5)
    #expect(abs((result.gradient["w"]?.item ?? 0) - 2 * 3 * 0.9 * 0.9) < 1e-5)
  }

  /// First-order MAML: the inner gradient is a constant.
  @Test func innerGradientWithoutGraphIsAConstant() {
    let result = valueAndGradient(
      of: { outer in
        let (_, inner) = valueAndGradient(
          of: { ($0["w"] ?? .scalar(0)).squared() * 0.5 }, at: outer)
        return ((outer["w"] ?? .scalar(0)) - (inner["w"] ?? .scalar(0)) * 0.1).squared()
      }, at: ["w": .scalar(3)])
    #expect(abs((result.gradient["w"]?.item ?? 0) - 2 * 2.7) < 1e-5)
  }

  @Test func gradientPenalty() {
    // f = x^3; penalty (f')^2 = 9 x^4, whose derivative is 36 x^3.
    let result = valueAndGradient(
      of: { parameters in
        let x = parameters["x"] ?? .scalar(0)
        return gradient(of: x.squared() * x, at: [x], createGraph: true)[0].squared()
      }, at: ["x": .scalar(2)])
    #expect(result.value.item == 144)
    #expect(result.gradient["x"]?.item == 288)
  }

  @Test func aLongChainIsFreedWithoutRecursion() {
    var value = Tensor.scalar(1).variable()
    let start = value
    for _ in 0..<100_000 { value = value + 0 }
    #expect(gradient(of: value, at: [start])[0].item == 1)
  }

  @Test func valueAndGradientPassesErrorsOn() {
    #expect(throws: TributaryError.self) {
      _ = try valueAndGradient(
        of: { _ in throw TributaryError("test", "no loss") }, at: ["x": .scalar(1)])
    }
    #expect(isRecording)
  }
}
